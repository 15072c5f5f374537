"""What is wrong with a setting, in one sentence of our own: pydantic's are in English alone."""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from .i18n import N_, translate
from .settings import Settings

BOUNDS = {
    "less_than_equal": ("le", N_("{name}: {bound} at most.")),
    "greater_than_equal": ("ge", N_("{name}: {bound} at least.")),
    "greater_than": ("gt", N_("{name}: more than {bound}.")),
}
WHOLE, NUMBER = N_("{name}: a whole number is needed."), N_("{name}: a number is needed.")
NEEDED = {
    "int_parsing": WHOLE, "int_from_float": WHOLE, "int_parsing_size": WHOLE, "float_parsing": NUMBER,
    "finite_number": NUMBER, "bool_parsing": N_("{name}: true or false is needed."),
    "string_type": N_("{name}: texts in quotation marks are needed."),
}  # fmt: skip
ONE_OF, LIST = N_("{name}: one of {these} is needed."), N_('{name}: a JSON list is needed, such as ["one", "two"].')


def told(error: ErrorDetails, lang: str) -> str:
    """error: as pydantic lists it"""
    name, kind = ".".join(map(str, error["loc"])), error["type"]
    if kind in BOUNDS:
        bound, sentence = BOUNDS[kind]
        return translate(lang, sentence, name=name, bound=error["ctx"][bound])
    if kind == "literal_error":
        return translate(lang, ONE_OF, name=name, these=", ".join(get_args(annotation(error["loc"][0]))))
    if kind == "string_pattern_mismatch":
        return f"{name}: {translate(lang, described(error['loc'][0]))}"
    return translate(lang, NEEDED[kind], name=name) if kind in NEEDED else f"{name}: {error['msg']}."


def told_of_list(error: SettingsError, lang: str) -> str:
    """Of a list that is not JSON."""
    found = re.search(r'field "(\w+)"', str(error))
    return translate(lang, LIST, name=found[1]) if found else f"{error}."


def described(name: Any) -> str:
    return Settings.model_fields[name].description or ""


def annotation(name: Any) -> Any:
    return Settings.model_fields[name].annotation
