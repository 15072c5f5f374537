"""One forward pass of any model of transformers on any inputs: pictures, sounds, what another model has encoded.

    trace = traced(model, pixel_values=pixels)
    trace.pattern("encoder.blocks.0.attn")  # [head, query, key]

A model that attends within windows of a picture (Swin; Liu et al. 2021, section 3.1) hands them over as a batch, each
with a bias of its own. Every window is a site, `encoder.blocks.0.attn.windows.3`, and its positions are those of the
window. `attn_out` has the positions of all windows, one window after another; `resid_pre` and `resid_post` have them as
they lie in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import torch
from torch import Tensor, nn

from .edits import Edit, kind_of, remasked, tap
from .handed import Run, running
from .huggingface import NAME
from .input_error import InputError
from .masks import Painted, parse
from .real import WINDOWS, RealTransformer
from .real_shape import Shape
from .trace import SILENT, Site, Tap, Trace
from .transformer import Kind
from .weights_only import WeightsOnly

IDS: dict[Kind, dict[str, str]] = {  # what a model calls the tokens of a side
    "encoder": {"source": "input_ids"}, "decoder": {"target": "input_ids"},
    "encoder-decoder": {"source": "input_ids", "target": "decoder_input_ids"},
}  # fmt: skip


def traced(model: Any, *, edits: Sequence[Edit] = (), mask: Any = "native", **inputs: Any) -> Trace:
    """What one forward pass of a model of transformers computes, by our names. `inputs` are the model's own, a batch of
    one: `pixel_values`, `input_features` and `decoder_input_ids`, `input_ids` and `encoder_hidden_states`, ...

    `edits` and `mask` are those of a trace of text (edits.py, masks.py); each window of a picture is a site of its own.
    A swap is of `input_ids` or `decoder_input_ids`, for there is no text; so the trace has no tokens. The model is left
    as it was given. Raises ValueError for a batch of more, and for a family that gives neither its attention nor its
    attention weights; InputError for edits and masks that do not fit.
    """
    for name, value in inputs.items():
        if isinstance(value, Tensor) and (not value.ndim or len(value) != 1):
            raise ValueError(f"{name} is of shape {tuple(value.shape)}: one at a time, a batch of one")
    edited = {"edits": list(edits), "mask": mask}
    with lent(model):
        inputs = swapped(model, edits, inputs)
        with attending(model, NAME):
            try:
                hands_over = HandsOver(model, inputs)
            except (KeyError, ValueError):  # the dry run found no attention of ours
                pass
            else:
                return recorded(hands_over, edited)
        with attending(model, "eager"):
            return recorded(HandsOutWeights(model, inputs), edited)


class OfInputs(RealTransformer):
    """A model that runs on the inputs it was given with, whatever they are."""

    def __init__(self, model: Any, inputs: dict[str, Any]):
        """Raises ValueError or KeyError where its attentions cannot be had."""
        self.inputs = inputs
        super().__init__(model, shape_of(model, inputs))

    def tried(self) -> tuple[None, None]:
        return None, None

    def call(self, source: Tensor | None, target: Tensor | None, **more: Any) -> Any:
        return self.model(**self.inputs, **more)

    def look_inside(self) -> None:
        """Nothing beyond the names that hold whatever the inputs are."""

    def prepared(self, edits: Sequence[Edit], mask: Any) -> list[Site]:
        """The sites with what is asked of their masks. Raises InputError."""
        try:
            sites = self.sites(parse(mask, self.native_mask))
        except ValueError:
            raise InputError("bad-mask", field="mask") from None
        for site in sites:
            n_query, n_key = self.lengths[site.name]
            cells = site.mask.cells if isinstance(site.mask, Painted) else ()
            if any(query >= n_query or key >= n_key for query, key, _ in cells):
                raise InputError("bad-mask", field="mask")
        at = {site.name: site for site in sites}
        for edit in edits:
            lengths = {}
            if (found := at.get(edit[kind_of(edit)])) is not None:
                lengths = dict(zip((found.query, found.key), self.lengths[found.name], strict=True))
            at = {site.name: site for site in remasked([edit], list(at.values()), lengths)}
        return list(at.values())

    def told(self, out: Any, tap: Tap) -> None:
        """What comes out of the model beside its blocks."""
        memory = getattr(out, "encoder_last_hidden_state", self.inputs.get("encoder_hidden_states"))
        if memory is not None:
            tap("memory", memory[0].float())
        logits = getattr(out, "logits", None)
        if isinstance(logits, Tensor) and logits.ndim == 3:  # else they are not of positions
            tap("logits", logits[0].float())


class HandsOver(OfInputs):
    """A family that calls the attention it is told to call."""

    def run(self, tap: Tap) -> Run:
        return replace(super().run(tap), windows=True)

    @torch.no_grad()
    def __call__(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> None:
        with running(self.run(tap)):
            out = self.call(None, None)
        self.told(out, tap)


class HandsOutWeights(OfInputs, WeightsOnly):
    """A family that does not, and hands out its attention weights: of all its attentions; or of a picture's windows as
    a batch (Swin V2), of some of them, and then those of all are taken where they were handed out."""

    def call(self, source: Tensor | None, target: Tensor | None, **more: Any) -> Any:
        self.handed = list[tuple[nn.Module, Tensor]]()  # what modules returned besides their first, the innermost first

        def returned(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if isinstance(output, tuple):
                self.handed += [(module, one) for one in output[1:] if isinstance(one, Tensor) and one.ndim == 4]

        hooks = [module.register_forward_hook(returned) for module in self.model.modules()]
        try:
            return super().call(source, target, **more)
        finally:
            for hook in hooks:
                hook.remove()

    def weights(self, out: Any) -> dict[str, Tensor]:
        told = getattr(out, "attentions", None) or ()
        if all(len(pattern) == 1 for pattern in told):
            return super().weights(out)
        kinds = [next((type(module) for module, one in self.handed if one is pattern), None) for pattern in told]
        if len({*kinds}) != 1 or None in kinds:
            raise ValueError("a batch in its attention weights, and no telling where they come from")
        found = dict[str, Tensor]()
        for layer, batch in enumerate(one for module, one in self.handed if type(module) is kinds[0]):
            name = f"{self.config.kind}.blocks.{layer}.attn"
            names = [name] if len(batch) == 1 else [f"{name}{WINDOWS}{window}" for window in range(len(batch))]
            found |= dict(zip(names, batch.float(), strict=True))
        return found

    def prepared(self, edits: Sequence[Edit], mask: Any) -> list[Site]:
        if edits or mask != "native":
            raise InputError("weights-only", field="edits" if edits else "mask")
        return self.sites()

    @torch.no_grad()
    def __call__(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> None:
        out = self.call(None, None, output_attentions=True)
        for name, pattern in self.weights(out).items():
            tap(f"{name}.pattern", pattern)
        self.told(out, tap)


def recorded(transformer: OfInputs, request: dict[str, Any]) -> Trace:
    """The trace of one run, after which the model has no hook of ours."""
    try:
        config = transformer.config
        trace = Trace(transformer.prepared(**request), request=request, model={
            "id": type(transformer.model).__name__, "kind": config.kind, "config": asdict(config),
        }, W_o=transformer.W_o())  # fmt: skip
        transformer(tap=tap(trace).then(trace.record))
        return trace
    finally:
        transformer.unhook()


def swapped(model: Any, edits: Sequence[Edit], inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs with other tokens, where an edit says so. Raises InputError."""
    sides = IDS[shape_of(model, inputs).kind]
    for edit in edits:
        if kind_of(edit) == "weight":
            raise InputError("not-editable", field="edits")
        if kind_of(edit) != "swap":
            continue
        name, position, token = sides.get(edit["side"], ""), edit["swap"], edit["token"]
        ids = inputs.get(name)
        if ids is None:
            raise InputError("unknown-side", field="edits")
        if not 0 <= position < ids.shape[-1]:
            raise InputError("unknown-position", field="edits", limit=ids.shape[-1] - 1)
        reads = model.get_decoder() if name == "decoder_input_ids" else model  # halves may have two vocabularies
        n_vocab = len(reads.get_input_embeddings().weight)
        if not 0 <= token < n_vocab:
            raise InputError("unknown-token", field="edits", limit=n_vocab - 1)
        ids = ids.clone()
        ids[0, position] = token
        inputs = inputs | {name: ids}
    return inputs


def shape_of(model: Any, inputs: dict[str, Any]) -> Shape:
    """What a config says whatever the model reads; 0 where it does not."""
    kind: Kind = "encoder"
    if model.config.is_encoder_decoder:
        kind = "encoder-decoder"
    elif model.can_generate() or "encoder_hidden_states" in inputs or getattr(model.config, "is_decoder", False):
        kind = "decoder"
    sizes = (getattr(model.config, name, None) for name in ("d_model", "hidden_size", "n_embd", "dim"))
    d_model = next((size for size in sizes if isinstance(size, int)), 0)
    return Shape(model.config.model_type, kind, getattr(model.config, "vocab_size", None) or 0, 0, d_model, 0, 0, 0, 0)


@contextmanager
def lent(model: Any) -> Iterator[None]:
    """Back as it was: what trained, trains on."""
    training = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, was in training:
            module.training = was


@contextmanager
def attending(model: Any, name: str) -> Iterator[None]:
    """With this attention, then with those that the model and its parts had."""
    configs = {id(module.config): module.config for module in model.modules() if hasattr(module, "config")}
    had = {at: config._attn_implementation for at, config in configs.items()}
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        for at, config in configs.items():
            config._attn_implementation_internal = had[at]
