"""What no model can run."""

from __future__ import annotations


class InputError(ValueError):
    """A request that this model cannot run. `code` says why, the rest with which numbers."""

    def __init__(
        self,
        code: str,
        *,
        field: str | None = None,
        limit: int | None = None,
        actual: int | None = None,
        words: str | None = None,  # all that the model can read
    ):
        facts = {"field": field, "limit": limit, "actual": actual, "words": words}
        super().__init__(", ".join([code, *(f"{name} {fact}" for name, fact in facts.items() if fact is not None)]))
        self.code, self.field, self.limit, self.actual, self.words = code, field, limit, actual, words
