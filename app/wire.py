"""A trace as bytes: safetensors, so that a browser lays typed arrays over the response; or JSON, for curl.

The safetensors library writes `__metadata__` in an order that differs from run to run. The same request shall give the
same bytes, so the format's three parts are written here: the header's length, the header, the numbers. Tensors keep
the order in which they were computed, the wider numbers first so that each lies aligned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from model.attention import keys_of
from model.glossary import GLOSSARY, dims
from model.heads import KINDS, chance, scored
from model.lens import RANKS
from model.shapes import MAKERS, WIDTH
from model.trace import OF_RUN, Site, Trace

from .refusals import Refusal
from .schemas import TraceRequest

SAFETENSORS, JSON = "application/vnd.safetensors", "application/json"
DERIVED: dict[str, Callable[..., Tensor]] = {
    "scores": Trace.scores,
    "pattern": Trace.pattern,
    "thumbnails": Trace.thumbnails,
    "head_out_norm": Trace.head_out_norm,
    "head_out_share": Trace.head_out_share,
    "head_scores": scored,
    "head_chance": chance,
}
CODES = {"float32": "F32", "float16": "F16", "int32": "I32", "uint8": "U8"}
ROWS = ("scores", "pattern")  # a row for each query
WHOLE_NUMBERS = {"lens_ids"}  # of four bytes, in float16 too
THUMBNAIL = 64  # the most rows and columns of a thumbnail
JSON_NUMBER = 24  # bytes of a number written out, and its comma

Array = NDArray[Any]


def chosen(trace: Trace, globs: list[str] | None) -> list[str]:
    """The names that these globs ask for, in the order of computation; the derived ones after the stored.

    Raises Refusal, `unknown-name`, for a glob that matches nothing.
    """
    stored = list(trace.shapes)
    if globs is None:
        return stored
    derived = [*(f"{site.name}.{last}" for site in trace.sites for last in derived_of(trace, site)), *of_run(trace)]
    matched: set[str] = set()
    for glob in globs:
        among = stored + [name for name in derived if glob.endswith(name.rpartition(".")[2])]
        found = [name for name in among if fnmatchcase(name, glob)]
        if not found:
            raise Refusal("unknown-name", field="names")
        matched.update(found)
    return [name for name in stored + derived if name in matched]


def derived_of(trace: Trace, site: Site) -> list[str]:
    """What can be made for this site: of one whose weights alone are known, what is made of them."""
    if site.captures == "full":
        return list(DERIVED)
    return [name for name in DERIVED if name not in ("scores", "pattern", "head_out_norm", "head_out_share")]


def of_run(trace: Trace) -> list[str]:
    """What can be made of the whole run: nothing without predictions, no lens where none reads the stream."""
    if "logits" not in trace.shapes:
        return []
    return [name for name in OF_RUN if trace.read_out is not None or not name.startswith("lens_")]


def needed(trace: Trace, names: list[str]) -> set[str]:
    """The tensors of a run that these are, or are made of; and what its sites are told by."""
    of_sites = {f"{site.name}.log_denominator" for site in trace.sites}
    for name in names:
        site, _, last = name.rpartition(".")
        if name in trace.shapes:
            of_sites.add(name)
        elif last in ("head_out_norm", "head_out_share"):
            of_sites.add(f"{site}.z")
        elif last in DERIVED:
            of_sites |= {f"{site}.{maker}" for maker in MAKERS}
        elif last.startswith("lens_"):
            of_sites |= {one for one in trace.shapes if one.endswith(".resid_post")}
    return (of_sites & trace.shapes.keys()) - {"logits"}  # those can be made of what they are made of


def check_heads(trace: Trace, heads: list[int] | None) -> None:
    last = min(site.n_heads for site in trace.sites) - 1
    if heads is not None and max(heads) > last:
        raise Refusal("unknown-head", limit=last, field="heads")


def rows_of(trace: Trace, request: TraceRequest) -> range | None:
    """The queries that are asked for; None, all. Raises Refusal."""
    if request.queries is None:
        return None
    first, end = request.queries
    n = min(trace.lengths(site.name)[0] for site in trace.sites)
    if not first < end <= n:
        raise Refusal("unknown-position", limit=n - 1, field="queries")
    return range(first, end)


def size(trace: Trace, name: str, request: TraceRequest) -> tuple[int, int]:
    """How many numbers this name stands for, and the bytes of each, before any of it is made."""
    site, _, last = name.rpartition(".")
    if name in trace.shapes and last != "pattern":  # a pattern goes by heads
        of_heads, *rest = trace.shapes[name]
        if request.heads is not None and by_heads(name):
            of_heads = len(request.heads)
        return of_heads * math.prod(rest), WIDTH
    if name in OF_RUN:
        n_position, n_vocab = trace.shapes["logits"]
        n_blocks = trace.model["config"]["n_layers"]
        return n_vocab if last == "next_probabilities" else n_blocks * n_position * min(RANKS, n_vocab), 4
    n_heads, (n_query, n_key) = trace.site(site).n_heads, trace.lengths(site)
    n_heads = n_heads if request.heads is None else len(request.heads)
    if last in ("head_out_norm", "head_out_share"):
        return n_heads * n_query, 4
    if last in ("head_scores", "head_chance"):
        return n_heads * len(KINDS), 4
    if last == "thumbnails":
        return n_heads * min(n_query, THUMBNAIL) * min(n_key, THUMBNAIL), 1
    rows = rows_of(trace, request)
    return n_heads * (n_query if rows is None else len(rows)) * n_key, 4


def check_size(trace: Trace, names: list[str], request: TraceRequest, number: int | None, limit: int) -> None:
    """Refuse what would be larger than `limit` bytes, with `number` bytes for each number or its own size."""
    sizes = {name: size(trace, name, request) for name in names}
    halves = request.dtype == "float16" and number is None
    bytes_ = sum(
        count * (number or (2 if halves and width == 4 and name not in WHOLE_NUMBERS else width))
        for name, (count, width) in sizes.items()
    )
    if bytes_ > limit:
        raise Refusal("response-too-large", limit=limit, actual=bytes_)


def by_heads(name: str) -> bool:
    """Whether each head of an attention has its own part of this tensor, or reads one that it shares."""
    return dims(name)[0] in ("head", "kv_head")


def arrays(trace: Trace, names: list[str], request: TraceRequest) -> Iterator[tuple[str, Array]]:
    for name in names:
        site, _, last = name.rpartition(".")
        if (name in trace.shapes and last != "pattern") or name in OF_RUN:
            tensor = trace[name]
            if request.heads is not None and by_heads(name):
                tensor = tensor[keys_of(request.heads, trace.site(site).n_heads, len(tensor))]
        elif last in ROWS:
            tensor = DERIVED[last](trace, site, request.heads, rows_of(trace, request))
        else:
            tensor = DERIVED[last](trace, site, request.heads)
        array = tensor.cpu().numpy()
        yield name, as_float16(array) if request.dtype == "float16" else array


def as_float16(array: Array) -> Array:
    """Rounded to float16, or as it is where a number would become infinite, or was no float32 at all."""
    if array.dtype != np.float32:
        return array
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    return half if (np.isfinite(half) == np.isfinite(array)).all() else array


def metadata(trace: Trace, device: str) -> dict[str, Any]:
    """What is known of a trace beside its tensors and its predictions."""
    return {
        "tokens": {
            side: [{"id": t.id, "text": t.text, "start": t.start, "end": t.end, "part": t.part} for t in tokens]
            for side, tokens in trace.tokens.items()
        },
        "sites": [described(trace, site) for site in trace.sites],
        "names": list(trace.shapes),
        "links": trace.links, "model": trace.model, "request": trace.request, "device": device,
    }


def described(trace: Trace, site: Site) -> dict[str, Any]:
    of_site = {
        "name": site.name, "layer": site.layer, "n_heads": site.n_heads, "query": site.query, "key": site.key,
        "mask": site.mask.spec, "scale": site.scale, "no_visible_key": trace.no_visible_key(site.name),
    }  # fmt: skip
    of_site |= {"softcap": site.softcap} if site.softcap is not None else {}
    of_site |= {"relative_bias": True} if f"{site.name}.relative_bias" in trace.shapes else {}
    of_site |= {"sinks": True} if site.sinks else {}
    of_site |= {"captures": site.captures} if site.captures != "full" else {}
    own = {head: mask.spec for head, mask in site.head_masks.items()}
    return {**of_site, "head_masks": own} if own else of_site


def to_safetensors(tensors: Iterator[tuple[str, Array]], about: dict[str, Any]) -> bytes:
    ordered = sorted(tensors, key=lambda pair: -pair[1].itemsize)  # stable: the order within a width stays
    header: dict[str, Any] = {"__metadata__": {name: text(value) for name, value in about.items()}}
    at = 0
    for name, array in ordered:
        end = at + array.nbytes
        header[name] = {"dtype": CODES[array.dtype.name], "shape": array.shape, "data_offsets": [at, end]}
        at = end
    head = text(header).encode()
    head += b" " * (-len(head) % 8)
    numbers = (np.ascontiguousarray(array).data for _, array in ordered)
    return b"".join([len(head).to_bytes(8, "little"), head, *numbers])


def to_json(tensors: Iterator[tuple[str, Array]], about: dict[str, Any], kind: str) -> bytes:
    """Numbers are written out in full; those that are not finite, which JSON does not have, as null."""
    written = ",".join(f"{text(name)}:{tensor_json(name, array, kind)}" for name, array in tensors)
    return f'{text(about)[:-1]},"tensors":{{{written}}}}}'.encode()


def tensor_json(name: str, array: Array, kind: str) -> str:
    facts = text({"dtype": array.dtype.name, "dims": dims(name, kind), "shape": array.shape})
    return f'{facts[:-1]},"data":{nested(array)}}}'


def nested(array: Array) -> str:
    """A row at a time: writing a large list in one piece would hold up every other thread."""
    if array.ndim > 1:
        return f"[{','.join(map(nested, array))}]"
    return text([value if math.isfinite(value) else None for value in array.tolist()])


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


assert {*DERIVED, *OF_RUN} == {name for name, entry in GLOSSARY.items() if entry.derived}
