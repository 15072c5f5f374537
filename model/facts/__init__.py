"""Numbers of the lessons that are not in one trace: each a function of models, or of arithmetic.

    >>> from model import facts
    >>> round(facts.value("row", step="sum", query="吃", text="我爱吃鱼"), 4)
    6.5719

A fact takes words, as an attribute of a document says them, and returns a number, a text, or rows of numbers. Every
module of this package is imported, so a lesson's facts are a file of their own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from typing import TypeVar

Value = float | int | str | Sequence[float] | Sequence[Sequence[float]]
Fact = Callable[..., Value]
F = TypeVar("F", bound=Fact)

FACTS: dict[str, Fact] = {}


def fact(function: F) -> F:
    """Registers a function under its name. Raises KeyError where the name is taken."""
    name = function.__name__
    if name in FACTS:
        raise KeyError(f"there are two facts called {name}")
    FACTS[name] = function
    return function


def value(name: str, **words: str) -> Value:
    """Raises KeyError where there is no such fact, TypeError or ValueError where it does not take these words."""
    return FACTS[name](**words)


def load() -> None:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)


load()
