"""What a real model is made of, as far as its dry run tells. A part is named where what it makes has a name; whatever
else holds parameters is listed as `other`, under its module's path, so that all parameters are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from .insides import Insides, same
from .projections import Made
from .ran import is_linear
from .structure import Part, told

if TYPE_CHECKING:
    from .real import RealTransformer


def real_structure(real: RealTransformer) -> dict[str, Any]:
    """As structure, of a real model."""
    d_mlp = next((one.W_in.flat.shape[-1] for one in real.places.insides.values() if one.W_in is not None), 0)
    return told(real.model, real.config, Parts(real).found, real.config.n_kv_heads, d_mlp)


class Parts:
    """In the order in which they run."""

    def __init__(self, real: RealTransformer):
        self.real, self.places, self.found = real, real.places, list[Part]()
        self.names = {id(parameter): name for name, parameter in real.model.named_parameters()}
        self.stream = ""  # the residual stream as it stands, by its last name
        self.placed = set[str]()
        stacks = list(dict.fromkeys(block.split(".")[0] for block in self.places.insides))
        inside = {id(module) for path in real.block_paths() for module in real.model.get_submodule(path).modules()}
        self.rest = [module for module in real.model.modules() if id(module) not in inside]
        for stack in stacks:
            self.stack(stack)
        self.head(stacks[-1])

    def stack(self, stack: str) -> None:
        spots = {spot.name: spot.module for (_, at), all in self.places.spots.items() if at == stack for spot in all}
        narrow, wide, position, norm = map(spots.get, ("narrow_embed", "embed", "pos_embed", "norm.normalized"))
        embed, made = wide or narrow, f"{stack}.{'embed' if narrow is None else 'narrow_embed'}"
        blocks = [block for block in self.places.insides if block.startswith(f"{stack}.")]
        self.put(f"{stack}.tokens", "tokens", [], [])
        table = self.real.embed if embed is None else embed
        self.put(f"{stack}.embed", "embed", [], [] if embed is None else [made], table)
        self.stream = "" if wide is None else made
        if position is not None:
            self.put(f"{stack}.pos_embed", "pos_embed", [], [f"{stack}.pos_embed"], position)
            self.put(f"{blocks[0]}.resid_pre", "add", [self.stream, f"{stack}.pos_embed"], [f"{blocks[0]}.resid_pre"])
        enters = self.places.enters.get(stack)
        known = {id(table), id(position), id(norm), id(enters), id(self.real.model.get_output_embeddings())}
        before = {id(one.module) for one in self.places.before(stack)}
        self.others(stack, [module for module in self.rest if id(module) in before - known])
        if enters is not None:
            self.put(f"{stack}.enter", "enter", [], [f"{blocks[0]}.resid_pre"], enters)
        for block in blocks:
            self.block(block, self.places.insides[block])
        if norm is not None:
            self.put(f"{stack}.norm", "norm", [self.stream], [f"{stack}.norm.normalized"], norm)
            self.stream = f"{stack}.norm.normalized"
        if self.real.config.kind == "encoder-decoder" and stack == "encoder":
            self.found[-1].makes.append("memory")

    def head(self, stack: str) -> None:
        unembed = self.real.model.get_output_embeddings()
        self.others(stack, [module for module in self.rest if module is not unembed])
        if self.real.predicts:
            self.put("unembed", "unembed", [self.stream], ["logits"], unembed)

    def block(self, block: str, inside: Insides) -> None:
        norms = {spot.name.split(".")[0]: spot.module for spot in inside.spots if spot.name.endswith(".normalized")}
        spots, at = {spot.name for spot in inside.spots}, block + "."
        self.stream = f"{at}resid_pre"
        known: list[nn.Module | None] = [*norms.values()]
        sums = {"attn": "resid_mid", "cross_attn": "resid_cross"}
        for which, made in inside.projections.items():
            short = which.removesuffix("_attn")
            norm = norms.get(f"norm_{short}")
            read = self.before(f"{at}norm_{short}", norm, inside)
            turned = "_unrotated" if made.rotated else ""
            for name, one in (("q", made.q), ("k", made.k), ("v", made.v)):
                reads = "memory" if which == "cross_attn" and name != "q" else read
                makes = f"{at}{which}.{name}{turned if name != 'v' else ''}"
                modules = [] if one is None else makers(inside, one)
                self.put(f"{at}{which}.W_{name}", f"W_{name}", [reads], [makes], *modules)
                known += modules
            site = f"{at}{which}"
            if made.rotated:
                both = [f"{site}.q", f"{site}.k"]
                self.put(f"{site}.rotate", "rotate", [f"{one}_unrotated" for one in both], both)
            self.put(f"{site}.scores", "scores", [f"{site}.q", f"{site}.k"], [f"{site}.scores"])
            self.put(f"{site}.pattern", "pattern", [f"{site}.scores"], [f"{site}.pattern"])
            self.put(f"{site}.z", "z", [f"{site}.pattern", f"{site}.v"], [f"{site}.z"])
            added = f"{at}{short}_out"
            self.put(f"{site}.W_o", "W_o", [f"{site}.z"], [added], self.real._W_o[site])
            known.append(self.real._W_o[site])
            added = self.between(f"{at}norm_{short}_out", added, norms)
            if sums[which] in spots:
                self.sum(f"{at}{sums[which]}", added, f"{at}norm_{short}", norm, inside)
        if inside.W_out is not None:
            known += self.mlp(block, inside, norms.get("norm_mlp"), {id(one) for one in known})
            if inside.parallel:
                terms = [f"{at}resid_pre", f"{at}attn_out", f"{at}mlp_out"]
                self.put(f"{at}resid_post", "add", terms, [f"{at}resid_post"])
            else:
                added = self.between(f"{at}norm_mlp_out", f"{at}mlp_out", norms)
                self.sum(f"{at}resid_post", added, f"{at}norm_mlp", norms.get("norm_mlp"), inside)
        self.stream = f"{at}resid_post"
        seen = {id(one) for one in known}
        self.others(block, [one for one in inside.module.modules() if id(one) not in seen])

    def before(self, id: str, norm: nn.Module | None, inside: Insides) -> str:
        """What a sublayer reads: the stream, through a norm where one stands before it."""
        if norm is None or inside.post:
            return self.stream
        self.put(id, "norm", [self.stream], [f"{id}.normalized"], norm)
        return f"{id}.normalized"

    def between(self, id: str, added: str, norms: dict[str, nn.Module]) -> str:
        """What is added of what a sublayer made: that, or what a norm makes of it."""
        norm = norms.get(id.rpartition(".")[2])
        if norm is None:
            return added
        self.put(id, "norm", [added], [f"{id}.normalized"], norm)
        return f"{id}.normalized"

    def sum(self, name: str, added: str, id: str, norm: nn.Module | None, inside: Insides) -> None:
        self.put(name, "add", [self.stream, added], [] if inside.post else [name])
        if inside.post:
            self.put(id, "norm", [self.stream, added], [f"{id}.normalized", name], norm)
        self.stream = name

    def mlp(self, block: str, inside: Insides, norm: nn.Module | None, known: set[int]) -> list[nn.Module]:
        """Two matrices with an activation between them, or as a whole where that is not what it is."""
        assert inside.W_out is not None
        at, out = f"{block}.mlp", [f"{block}.mlp_out"]
        read = self.before(f"{block}.norm_mlp", norm, inside)
        if inside.W_in is not None:
            self.put(f"{at}.W_in", "W_in", [read], [f"{at}.pre"], inside.W_in.module)
            self.put(f"{at}.post", "post", [f"{at}.pre"], [f"{at}.post"])
            self.put(f"{at}.W_out", "W_out", [f"{at}.post"], out, inside.W_out.module)
            return [inside.W_in.module, inside.W_out.module]
        end = next(i for i, one in enumerate(inside.ran) if one is inside.W_out)
        begin = max(i for i, one in enumerate(inside.ran) if id(one.module) in known and i < end)
        own = [one.module for one in inside.ran[begin + 1 : end + 1]]
        self.put(at, "mlp", [read], out, *own)
        return own

    def others(self, at: str, modules: list[nn.Module]) -> None:
        for module in modules:
            path = self.real.paths[id(module)]
            if any(self.names[id(one)] not in self.placed for one in module.parameters(recurse=False)):
                self.put(f"{at}.other.{path}", "other", [], [], module)

    def put(self, at: str, kind: str, reads: list[str], makes: list[str], *modules: nn.Module | None) -> None:
        own = [one for module in modules if module is not None for one in module.parameters(recurse=False)]
        names = list(dict.fromkeys(self.names[id(one)] for one in own))
        self.placed.update(names)
        self.found.append(Part(at, kind, [name for name in reads if name], makes, names))


def makers(inside: Insides, made: Made) -> list[nn.Module]:
    """The module that makes queries, keys or values; where that is a norm of each head, the matrix before it, too."""
    module = made.by.module
    if is_linear(module) or made.by.x.shape != made.by.y.shape:
        return [module]
    heads = made.layout(made.by.x)  # [head, position, d_head]
    flat = heads.transpose(0, 1).flatten(1)
    return [*(one.module for one in inside.ran if is_linear(one.module) and same(one.flat, flat)), module]
