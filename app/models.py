"""The models of a server: those that are shipped, and beside them those that whoever runs it has named.

The named ones are read one after the other in a thread of their own, so that no run waits for them. Together they take
a bounded number of bytes: the one that was not asked for the longest goes first, and is read again when asked for. One
that has just been read stays until it has answered as many requests as were turned away for it, or for HOLD seconds.
A client knows a model by an id that was made here at the start, and never reaches a file by it.
"""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import accumulate, chain
from pathlib import Path
from threading import Condition
from typing import Any

import torch

from model import zoo
from model.sources import check_reader, located

from .memory import Memory, out_of_memory
from .named import Named, named
from .refusals import KINDS, Refusal

log = logging.getLogger("headlight")

Load = Callable[[str | Path, str, str], zoo.Model]  # source, id, device; raises ValueError, with a `code` where refused
AGAIN = 5  # seconds, for whoever asks for a model that is not there yet, and for one that found no room


class Models:
    """Read from any thread."""

    def __init__(
        self,
        sources: Sequence[str],
        device: str,
        limit: int,
        load: Load | None = None,
        dtype: str = "float32",
        any_type: bool = False,
        memory: Memory | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        """limit: bytes of the named models; dtype: of them; any_type: of families never tried here too; memory: of the
        device; clock: seconds, by which models are held. Raises NotHere."""
        self.memory = memory or Memory(device)
        on_card = None if self.memory.card is None else self.memory.total
        self.device, self.limit = device, limit if on_card is None else min(limit, on_card)
        self._load = load or partial(from_files, dtype=dtype, any_type=any_type)
        self._needs = partial(needed, dtype=dtype) if load is None else unknown
        self.infos: dict[str, dict[str, Any]] = {}  # of the shipped models that are loaded
        self.unavailable: list[str] = []  # the shipped ones that could not be
        found = list(dict.fromkeys(located(source) for source in sources))
        if found and load is None:
            check_reader()
        self._named = {id: Named(id, source) for id, source in zip(named(found), found, strict=True)}
        self._clock, self._closed = clock, False
        self._lock = Condition()  # told when a model may go that was held
        self._gone: list[weakref.ref[torch.nn.Module]] = []  # what was unloaded, and a run may still keep
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")

    def ids(self) -> list[str]:
        return [*zoo.ids(), *self._named]

    @property
    def ready(self) -> bool:
        """Whether every shipped model is loaded, or cannot be."""
        return len(self.infos) + len(self.unavailable) == len(zoo.ids())

    def listed(self, lang: str) -> list[dict[str, Any]]:
        """What the API says of every model that is there or may come; in this language why one failed."""
        shipped = [{**info, "state": "ready"} for info in list(self.infos.values())]
        with self._lock:
            return shipped + [one.told(lang) for one in self._named.values()]

    def state(self, id: str) -> Named:
        """How far a named model is. Raises KeyError."""
        return self._named[id]

    def get(self, id: str) -> zoo.Model:
        """A model that runs. Raises Refusal: `unknown-model`; `model-loading`, and one that was unloaded is read again;
        what is wrong with one that failed."""
        if id in self._named:
            return self._get(self._named[id])
        if id not in zoo.ids():
            raise Refusal("unknown-model", field="model")
        try:
            return zoo.load(id, self.device)
        except zoo.BadWeights:
            raise Refusal("model-unavailable") from None

    def _get(self, one: Named) -> zoo.Model:
        with self._lock:
            if one.model:
                one.used, one.owed = self._clock(), max(0, one.owed - 1)
                self._lock.notify_all()
                return one.model
            if one.state == "failed" and one.problem:
                raise Refusal(one.problem.slug, **one.problem.values)
            one.owed += 1
            if one.state == "unloaded":
                one.state = "waiting"
                self._later(one.id)
            slug = one.problem.slug if one.problem else "model-loading"
        raise Refusal(slug, retry_after=AGAIN)

    def warm(self, id: str) -> None:
        """Load a shipped model and run it once, so that the first visitor does not wait for it."""
        try:
            model = zoo.load(id, self.device)
            model.trace(model.tokenizer.piece(len(model.tokenizer) - 1))
        except Exception:  # the other models are served all the same
            log.exception("the model %s cannot be used", id)
            self.unavailable.append(id)
        else:
            self.infos[id] = model.info()

    def start(self) -> None:
        """Begin to read what was named; nobody waits for it."""
        for id in self._named:
            self._later(id)

    def read(self, id: str) -> None:
        """Read a named model here and now, and make room for it before; nothing, where it is there or no named one.
        Where a run keeps the room it waits, and is read behind the others."""
        one = self._named.get(id)
        if one is None or one.model or one.state == "failed":
            return
        one.begun = time.monotonic()
        try:
            if one.problem and self._kept():
                raise Refusal(one.problem.slug)
            expected = self._fits(max(one.bytes, self._needs(one.source)))
            self._make_room(expected, besides=one)
            if self._closed:
                return
            with self._lock:
                one.state, one.problem, one.begun = "loading", None, time.monotonic()
            model = self._read(one, expected)
            size, info = self._fits(size_of(model)), model.info()  # buffers that are in no file count too
        except Exception as error:  # the other models are served all the same
            self._fail(one, error)
            return
        self._make_room(size, besides=one, held=False)  # it is there: whatever is too much goes now
        with self._lock:
            one.model, one.info, one.bytes, one.state = model, info, size, "ready"
            one.seconds, one.used = time.monotonic() - one.begun, self._clock()
            one.since = one.used
        told = info.get("dtype"), info.get("stored_dtype")
        log.info("the model %s is there: %d bytes in %s, stored in %s, %.1f s", one.id, size, *told, one.seconds)

    @property
    def reading(self) -> bool:
        """Whether a named model is being read now."""
        return any(one.state == "loading" for one in self._named.values())

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._lock.notify_all()
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _later(self, id: str, read: Callable[[str], None] | None = None) -> None:
        with suppress(RuntimeError):  # the server is shutting down and takes no more work
            self._reader.submit(read or self.read, id)

    def _once_more(self, id: str) -> None:
        """Read it after a while. What was submitted before has had its turn by then."""
        with self._lock:
            self._lock.wait_for(lambda: self._closed, AGAIN)
        if not self._closed:
            self.read(id)

    def _fits(self, size: int) -> int:
        """Raises Refusal: `model-too-large`."""
        if size > self.limit:
            raise Refusal("model-too-large", limit=self.limit, actual=size)
        return size

    def _fail(self, one: Named, error: Exception) -> None:
        if self._closed:  # the library has threads of its own, which Python ends before ours
            return
        if isinstance(error, Refusal) and error.slug == "no-room-yet":
            with self._lock:
                one.state, one.problem = "waiting", error
            self._later(one.id, self._once_more)
            return
        code = getattr(error, "code", None)
        problem = error if isinstance(error, Refusal) else Refusal(code if code in KINDS else "model-unavailable")
        if isinstance(error, Refusal) or code in KINDS:
            log.error("the model %s is refused, %s: %s", one.id, problem.slug, error)
        else:
            log.error("the model %s cannot be read", one.id, exc_info=error)
        with self._lock:
            one.state, one.problem, one.seconds = "failed", problem, time.monotonic() - one.begun
            one.detail = getattr(error, "detail", "") if code else f"{type(error).__name__}: {error}"

    def _read(self, one: Named, size: int) -> zoo.Model:
        """Where the device has no room for it, once more when all others are gone. Raises Refusal: `no-room-yet` while
        a run keeps one of those, else `model-too-large`; and whatever the loader raises."""
        for last in (False, True):
            try:
                return self._load(one.source, one.id, self.device)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
            if not last:
                self._make_room(self.limit, besides=one)
            self.memory.let_go()  # now that the error is gone, which held what was read
        if self._kept():
            log.warning("the model %s finds no room beside a run that is under way", one.id)
            raise Refusal("no-room-yet")
        left = self.memory.free
        raise Refusal("model-too-large", limit=self.limit if left is None else left, actual=size)

    def _make_room(self, size: int, besides: Named, held: bool = True) -> None:
        """Unload until so many bytes fit; held: wait for those that are held. A run that is under way keeps its model
        to its end; those that are kept from before are let go of, for they hold their models too."""
        with self._lock:
            while held and not self._closed:
                now = self._clock()
                left = max((one.held(now) for one in self._too_much(size, besides)), default=0)
                if not left:
                    break
                self._lock.wait(left)
            gone = [] if self._closed else self._too_much(size, besides)
            for one in gone:
                assert one.model
                self._gone.append(weakref.ref(one.model.transformer))
                one.model, one.state, one.owed = None, "unloaded", 0
        if gone:
            self.memory.unloaded()

    def _too_much(self, size: int, besides: Named) -> list[Named]:
        """The models that go where so many bytes are to fit, those that are held last."""
        now = self._clock()
        there = [one for one in self._named.values() if one.model and one is not besides]
        there.sort(key=lambda one: (one.held(now) > 0, one.used))
        over = sum(one.bytes for one in there) + size - self.limit
        taken = accumulate((one.bytes for one in there), initial=0)
        return [one for one, before in zip(there, taken, strict=False) if before < over]

    def _kept(self) -> bool:
        """Whether a run still keeps a model that was unloaded."""
        self.memory.let_go()
        with self._lock:
            self._gone = [one for one in self._gone if one() is not None]
            return bool(self._gone)


def size_of(model: zoo.Model) -> int:
    """Bytes of parameters and buffers, each storage once."""
    tensors = chain(model.transformer.parameters(), model.transformer.buffers())
    return sum({t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}.values())


def from_files(source: str | Path, id: str, device: str, dtype: str = "float32", any_type: bool = False) -> zoo.Model:
    """The loader of real models, with the library that it needs: loaded only where a model is named."""
    from model import huggingface

    huggingface.without_bars()  # a log is no place for them, and the page says how far it is
    return huggingface.load(source, id, device, getattr(torch, dtype), any_type)


def needed(source: str | Path, dtype: str) -> int:
    """Bytes that a model takes, by the headers of its weights."""
    from model import huggingface

    return huggingface.needed(source, getattr(torch, dtype))


def unknown(source: str | Path) -> int:
    """Of a loader that does not know it before: what was read is counted."""
    return 0
