"""Which of torch's own operations can be computed on Apple's GPUs (MPS): as torch's table of them says, which comes
with every build of it."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ANYWHERE = ("CompositeImplicitAutograd", "CompositeExplicitAutograd", "CompositeExplicitAutogradNonFunctional")


def lacking(operation: Any) -> bool:
    """Whether an operation of aten, `aten.add.Tensor`, has no kernel there."""
    entry = table().get(str(operation).removeprefix("aten.").removesuffix(".default"))
    if entry is None:
        return False  # none of torch's own, or one that it makes of another
    while (to := re.search(r"structured_delegate: (\S+)", entry)) is not None:
        entry = table()[to[1]]
    if "dispatch:" not in entry:
        return False  # composed of others
    keys = re.findall(r"^    ([\w, ]+):", entry.partition("dispatch:")[2], re.MULTILINE)
    return not {"MPS", *ANYWHERE} & {key for some in keys for key in some.split(", ")}


@cache
def table() -> dict[str, str]:
    """name and overload -> what the table says of it"""
    found = find_spec("torchgen")
    assert found is not None and found.origin is not None
    text = (Path(found.origin).parent / "packaged/ATen/native/native_functions.yaml").read_text(encoding="utf-8")
    return {entry.partition("(")[0]: entry for entry in text.split("\n- func: ")[1:]}
