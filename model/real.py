"""A model of transformers behind the face of a Transformer of ours: its attentions by our names, its blocks, what its
heads go through. Which modules these are is learnt from a dry run, not from the family."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from .bias_tables import tables
from .handed import Call, Run, current, running
from .masks import Bidirectional, Mask, over
from .past import Past
from .places import places
from .ran import is_linear
from .read_out import ReadOut
from .real_shape import Shape
from .real_structure import real_structure
from .stacks import stacks
from .trace import SILENT, Site, Tap
from .unembedding import Unembedding, learnt

CROSS = re.compile(r"(EncDecAttention|encoder_attn|crossattention|cross_attn|cross_attention)(\.|$)")
BLOCK = re.compile(r"^(?:.*?\.blocks\.\d+|.*?\.\d+)(?=\.)")  # Swin's blocks lie in stages that are numbered too
WINDOWS = ".windows."  # of an attention that is several sites
N_TRIED = 24  # tokens of a dry run


class RealTransformer:
    """A model of transformers behind the face of a Transformer."""

    captures, reads_on, batched = "full", False, False
    beams_together = False  # whether beams are read as a batch
    no_past: Callable[[], Any]  # makes an empty cache of transformers, of a model that reads on
    read_out: Callable[[Tensor], Tensor] | None = None  # what a stream would predict, where that is known
    structure: dict[str, Any] | None = None  # what it is made of, where that is known
    unembedding: Unembedding | None = None  # what makes logits of what `trunk` returns, where that is known
    relative_bias = False  # whether any of its attentions adds one to its scores
    tables = False  # whether that is made as a table of its distances

    def __init__(self, model: Any, shape: Shape):
        """Raises ValueError or KeyError where its attentions cannot be had."""
        self.model, self.config = model.eval(), shape
        self.paths = {id(module): path for path, module in model.named_modules()}
        self._sites, self._names = list[Site](), dict[int, list[str]]()
        self.lengths = dict[str, tuple[int, int]]()  # queries and keys of each site in the dry run
        self._W_o = dict[str, nn.Module]()
        self._hooks = list[RemovableHandle]()
        self.learn()

    @property
    def embed(self) -> Any:
        return self.model.get_input_embeddings()

    @property
    def predicts(self) -> bool:
        return self.model.get_output_embeddings() is not None

    @property
    def native_mask(self) -> Mask:
        return next((site.mask for site in self._sites if site.name.startswith(self.masked)), Bidirectional())

    @property
    def masked(self) -> str:
        """The stack whose self-attention a mask of the request applies to."""
        return "encoder" if self.config.kind == "encoder" else "decoder"

    def eval(self) -> RealTransformer:
        return self

    def parameters(self) -> Iterator[nn.Parameter]:
        return self.model.parameters()

    def buffers(self) -> Iterator[Tensor]:
        return self.model.buffers()

    def sites(self, mask: Mask | None = None) -> list[Site]:
        """Every attention, in the order in which they run. Masks on top of the native one are on top of each site's."""
        native = self.native_mask
        if mask is None or mask is native:
            return list(self._sites)
        return [
            replace(site, mask=over(mask, native, site.mask))
            if site.name.startswith(self.masked) and site.query == site.key
            else site
            for site in self._sites
        ]

    def W_o(self) -> dict[str, Tensor]:
        """site -> [d_model, head * d_head]"""
        return {
            name: (module.weight if isinstance(module, nn.Linear) else module.weight.T).detach()  # type: ignore[operator]
            for name, module in self._W_o.items()
        }

    @torch.no_grad()
    def __call__(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> None:
        """Token ids [position]; all that is computed is shown to the tap."""
        with running(self.run(tap)):
            out = self.call(source, target)
        if source is not None and target is not None:
            tap("memory", out.encoder_last_hidden_state[0].float())
        if self.predicts:
            tap("logits", out.logits[0].float())

    @torch.no_grad()
    def trunk(self, source: Tensor | None = None, target: Tensor | None = None, tap: Tap = SILENT) -> Tensor:
        """As a call, but for the logits: what `unembedding` makes them of. -> [position, d_model]"""
        run = self.run(tap)
        run.trunk = True
        with running(run):
            out = self.call(source, target)
        if source is not None and target is not None:
            tap("memory", out.encoder_last_hidden_state[0].float())
        assert run.final is not None
        return run.final

    def run(self, tap: Tap) -> Run:
        return Run(tap, self._names, {site.name: site.mask for site in self._sites}, tables=self.tables)

    def call(self, source: Tensor | None, target: Tensor | None, **more: Any) -> Any:
        read = target if source is None else source
        ids = {} if read is None else {"input_ids": batch(read), "attention_mask": torch.ones_like(batch(read))}
        if self.config.kind == "encoder-decoder" and target is not None:
            ids["decoder_input_ids"] = batch(target)
        kept = {} if self.config.kind == "encoder" else {"use_cache": False}
        return self.model(**{**ids, **kept, **more})

    @torch.no_grad()
    def encode(self, source: Tensor, tap: Tap = SILENT) -> Tensor:
        """Token ids [source] -> the encoder's output [source, d_model]"""
        with running(self.run(tap)):
            return self.model.get_encoder()(source[None], attention_mask=torch.ones_like(source)[None])[0][0]

    @torch.no_grad()
    def decode(self, target: Tensor, memory: Tensor | None, tap: Tap, past: Past) -> Tensor:
        """Token ids [new] after what was read, memory [source, d_model] -> logits of the last of them, after those of
        others where the unembedding is not known: [position, n_vocab]. Of beams: [beam, new] -> [beam, n_vocab]"""
        with running(self.run(tap)) as run:
            if target.ndim == 2:
                run.start, run.keys, run.beams = past.n_read, past.keys, True
                return self.call(None, target, **past.inputs(*target.shape[::-1])).logits[:, -1].float()
            run.start, run.keys, run.trunk = past.n_read, past.keys, True
            run.blocks["encoder"] = 0 if memory is None else self.config.n_layers  # they ran before
            return self.call(None, target, **past.inputs(len(target))).logits[0].float()

    def sided(self, ids: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """Source and target of a model that reads one text."""
        return (None, ids) if self.config.kind == "decoder" else (ids, None)

    def tried(self) -> tuple[Tensor | None, Tensor | None]:
        """Source and target of a dry run."""
        n = min(N_TRIED, self.config.n_ctx)
        ids = (torch.arange(n) * 7 % (self.config.n_vocab - 1) + 1).to(self.embed.weight.device)  # not as positions go
        return (ids, ids.flip(0)) if self.config.kind == "encoder-decoder" else self.sided(ids)

    @torch.no_grad()
    def learn(self) -> None:
        """By a dry run: which attentions there are, what the heads of each go through, where blocks begin and end."""
        run, read = self.run(SILENT), list[tuple[list[Call], nn.Module]]()  # calls, and what read their z

        def reads(module: nn.Module, inputs: tuple[Any, ...]) -> None:
            calls = run.seen[sum(len(those) for those, _ in read) :]
            if not calls or not inputs:
                return
            z, x = torch.cat([call.z for call in calls]), inputs[0].reshape(-1, inputs[0].shape[-1])
            if x.shape == z.shape and torch.equal(x.float(), z.to(x.dtype).float()):
                read.append((calls, module))

        linear = [module for module in self.model.modules() if is_linear(module)]
        hooks = [module.register_forward_pre_hook(reads) for module in linear]
        try:
            with running(run):
                self.call(*self.tried())
        finally:
            for hook in hooks:
                hook.remove()
        if not run.seen or sum(len(calls) for calls, _ in read) < len(run.seen):
            raise ValueError("this family does not hand its attention over")
        layers = Counter[tuple[str, bool]]()
        for calls, module in read:
            path = self.paths[id(calls[0].module)]
            which = self.stack(path), bool(CROSS.search(path))
            for window, call in enumerate(calls):
                site = site_of(call, *which, layers[which], None if len(calls) == 1 else window)
                self._sites.append(site)
                self._names.setdefault(id(call.module), []).append(site.name)
                self._W_o[site.name], self.lengths[site.name] = module, (len(call.z), call.n_key)
            layers[which] += 1
        self.relative_bias = any(call.relative_bias for call in run.seen)
        first = run.seen[0]
        self.config = replace(
            self.config, n_heads=first.n_heads, n_kv_heads=first.n_kv_heads, n_layers=max(layers.values()),
            d_head=first.z.shape[-1] // first.n_heads,
        )  # fmt: skip
        self.tables = tables(self)
        self._sites = [replace(site, whole=self.relative_bias and not self.tables) for site in self._sites]
        self.hook()
        self.look_inside()

    def stack(self, path: str) -> str:
        if self.config.kind != "encoder-decoder":
            return self.config.kind
        found = re.search(r"(?:^|\.)(encoder|decoder)\.", path)  # the first: a decoder may have an `encoder` of layers
        return "decoder" if found is None else found[1]

    def hook(self) -> None:
        """Blocks and what heads go through show what comes in and out, in a run whose sites are known."""
        for path in self.block_paths():
            block = self.model.get_submodule(path)
            self._hooks.append(block.register_forward_pre_hook(self.entered, with_kwargs=True))
            self._hooks.append(block.register_forward_hook(self.left))
        for module in set(self._W_o.values()):
            self._hooks.append(module.register_forward_hook(self.added))

    def unhook(self) -> None:
        for hook in self._hooks:
            hook.remove()

    def look_inside(self) -> None:
        """What else of a run has a name of ours, by further dry runs."""
        read_out = ReadOut(self) if self.predicts else None
        self.places = found = places(self)
        if read_out and found.logits is not None and read_out.holds(found.left(self.masked), found.logits):
            self.read_out = read_out
        self.config = replace(self.config, stacks=stacks(found))
        self.structure = real_structure(self)
        found.forget()
        with running(Run(SILENT)):
            self.unembedding = learnt(self.model, lambda: self.call(*self.tried()).logits)
        if self.unembedding is not None:
            self._hooks.append(self.unembedding.module.register_forward_pre_hook(self.unembedded))

    def block_paths(self) -> list[str]:
        """Of the modules that are blocks."""
        found = (BLOCK.match(self.paths[module]) for module in self._names)
        return list(dict.fromkeys(one[0] for one in found if one))

    def unembedded(self, module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The last position alone, in a run that needs no more."""
        if (run := current()) is None or not run.trunk:
            return None
        run.final = inputs[0].detach().reshape(-1, inputs[0].shape[-1])
        return (inputs[0][..., -1:, :],)

    def block(self, module: nn.Module, run: Run) -> Tap:
        stack = self.stack(self.paths[id(module)])
        return run.tap / stack / "blocks" / run.blocks[stack]

    def entered(self, module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if (run := current()) is None:
            return None
        tap = self.block(module, run)
        if inputs:
            return (shown(tap, "resid_pre", inputs[0]), *inputs[1:]), named
        return inputs, named | {"hidden_states": shown(tap, "resid_pre", named["hidden_states"])}

    def left(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> Any:
        if (run := current()) is None:
            return None
        tap = self.block(module, run)
        run.blocks[self.stack(self.paths[id(module)])] += 1
        if isinstance(output, Tensor):
            return shown(tap, "resid_post", output)
        return (shown(tap, "resid_post", output[0]), *output[1:])

    def added(self, module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor | None:
        if (run := current()) is None or not run.at:
            return None
        block, _, which = run.at.partition(WINDOWS)[0].rpartition(".")
        run.at = ""
        return shown(run.tap / block, "cross_out" if which == "cross_attn" else "attn_out", output)


def batch(ids: Tensor) -> Tensor:
    """[position], or already [beam, position] -> [beam, position]"""
    return torch.atleast_2d(ids)


def shown(tap: Tap, name: str, x: Tensor) -> Tensor:
    """What goes on of a stream [1, position, d_model], or without the first axis."""
    flat = x.reshape(-1, x.shape[-1])
    after = tap(name, flat.float() if flat.dtype != torch.float32 else flat)
    return x if after is flat else after.to(x.dtype).reshape(x.shape)


def site_of(call: Call, stack: str, crosses: bool, layer: int, window: int | None = None) -> Site:
    side = "source" if stack == "encoder" else "target"
    name = f"{stack}.blocks.{layer}.{'cross_attn' if crosses else 'attn'}"
    name += "" if window is None else f"{WINDOWS}{window}"
    return Site(
        name, layer, call.n_heads, side, "source" if crosses else side, call.mask, call.scale, softcap=call.softcap,
        sinks=call.sinks,
    )  # fmt: skip
