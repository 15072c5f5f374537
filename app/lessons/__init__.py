"""The lessons: found in templates/lessons, checked, and filled with the models' own numbers."""

from .damage import Damaged
from .library import Lesson, Library

__all__ = ["Damaged", "Lesson", "Library"]
