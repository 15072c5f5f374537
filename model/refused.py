"""Why a folder is not opened as a model."""

from __future__ import annotations


class ModelRefused(ValueError):
    """A folder that is not given to any loader. `code` says why; `detail`, which names files and tensors, is for the
    server's log alone."""

    def __init__(self, code: str, detail: str = ""):
        self.code, self.detail = code, detail if detail.isprintable() else ascii(detail)  # one line of a log
        super().__init__(f"{code}: {self.detail}" if detail else code)
