"""One forward pass of any model of transformers on any inputs: pictures, sounds, what another model has encoded.

    trace = traced(model, pixel_values=pixels)
    trace.pattern("encoder.blocks.0.attn")  # [head, query, key]

A model that attends within windows of a picture (Swin; Liu et al. 2021, section 3.1) hands them over as a batch, each
with a bias of its own. Every window is a site, `encoder.blocks.0.attn.windows.3`, and its positions are those of the
window. `attn_out` has the positions of all windows, one window after another; `resid_pre` and `resid_post` have them as
they lie in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import torch
from torch import Tensor

from .handed import Run, running
from .huggingface import NAME
from .real import RealTransformer
from .real_shape import Shape
from .trace import SILENT, Tap, Trace
from .transformer import Kind
from .weights_only import WeightsOnly


def traced(model: Any, **inputs: Any) -> Trace:
    """What one forward pass of a model of transformers computes, by our names. `inputs` are the model's own, a batch of
    one: `pixel_values`, `input_features` and `decoder_input_ids`, `input_ids` and `encoder_hidden_states`, ...

    There is no text, so the trace has no tokens. The model is left as it was given. Raises ValueError for a batch of
    more, and for a family that gives neither its attention nor its attention weights.
    """
    for name, value in inputs.items():
        if isinstance(value, Tensor) and (not value.ndim or len(value) != 1):
            raise ValueError(f"{name} is of shape {tuple(value.shape)}: one at a time, a batch of one")
    with lent(model):
        try:
            with attending(model, NAME):
                return recorded(HandsOver(model, inputs))
        except (KeyError, ValueError):  # the dry run found no attention of ours
            with attending(model, "eager"):
                return recorded(HandsOutWeights(model, inputs))


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
    """A family that does not, and hands out its attention weights."""

    @torch.no_grad()
    def __call__(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> None:
        out = self.call(None, None, output_attentions=True)
        for name, pattern in self.weights(out).items():
            tap(f"{name}.pattern", pattern)
        self.told(out, tap)


def recorded(transformer: OfInputs) -> Trace:
    """The trace of one run, after which the model has no hook of ours."""
    try:
        config = transformer.config
        trace = Trace(transformer.sites(), model={
            "id": type(transformer.model).__name__, "kind": config.kind, "config": asdict(config),
        }, W_o=transformer.W_o())  # fmt: skip
        transformer(tap=SILENT.then(trace.record))
        return trace
    finally:
        transformer.unhook()


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
