"""The glossary, executed: every formula computed again, from the names beside it, on a real trace."""

import math
from types import SimpleNamespace

import pytest
import torch
from networks import build, inputs
from torch.nn import functional as F

from model import hand
from model.attention import rotate, visible
from model.glossary import GLOSSARY, dims, entry
from model.masks import Painted, Prefix
from model.trace import OF_RUN, Tap, Trace

RUNS = [
    (kind, positions, mask)
    for kind in ("encoder", "decoder", "encoder-decoder")
    for positions in ("learned", "rotary")
    for mask in (None, Prefix(3), Painted(((2, 0, False), (2, 1, False), (2, 2, False), (1, 4, True)), Prefix(0)))
]
RUNS += [("decoder", "by hand", mask) for mask in (None, Prefix(2), Painted(((2, 0, False),), Prefix(0)))]
FUNCTIONS = {
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "where": lambda condition, a, b: torch.where(condition, a, torch.tensor(b, dtype=a.dtype)),
    "sum": lambda x, over: torch.where(over, x, 0).sum(-1),
    "mean": lambda x: x.mean(-1, keepdim=True),
    "variance": lambda x: x.var(-1, keepdim=True, unbiased=False),
    "round": torch.round,
    "largest": lambda pattern, patch: F.adaptive_max_pool2d(pattern, patch),
    "norm": lambda x: x.norm(dim=-1),
    "softmax": lambda x: x.softmax(-1),
    "likeliest": lambda x: x.topk(min(10, x.shape[-1])).indices,
    "at": lambda ids, x: x.gather(-1, ids.long()),
    "dot": lambda a, b: (a * b).sum(-1),
    "concat": lambda z: torch.cat(list(z), dim=-1),
}


class Scope(dict):
    """The names that a formula may use, at one address of one trace."""

    def __init__(self, name: str, trace: Trace, model, ids):
        super().__init__(FUNCTIONS)
        self.at, _, self.last = name.rpartition(".")
        self.trace, self.model, self.ids = trace, model, ids
        self.stack, _, place = name.partition(".blocks.")
        self.layer = int(place.partition(".")[0]) if place else None

    def __missing__(self, word: str):
        special = getattr(self, f"get_{word}", None)
        return special() if special else self.tensor(word) if word in GLOSSARY else self.below(word)

    def tensor(self, word: str):
        """Innermost first: beside the name, or in what is around it; widened where the name has more axes."""
        at = self.at
        while f"{at}.{word}".lstrip(".") not in self.trace.tensors and word not in ("scores", "pattern") and at:
            at = at.rpartition(".")[0]
        tensor = self.trace[f"{at}.{word}".lstrip(".")]
        if word in ("k", "v"):
            tensor = tensor.repeat_interleave(self.site().n_heads // len(tensor), 0)  # of each query head
        if entry(self.last).dims.startswith(entry(word).dims + " ") and word == "log_denominator":
            tensor = tensor[..., None]
        return tensor

    def below(self, word: str):
        """A part of the model of this name, or the names inside it: W_q, embed; attn.z, encoder.norm.normalized."""
        path = f"{self.at}.{word}".lstrip(".")
        modules = dict(self.model.named_modules())
        if word in ("attn", "cross_attn", "mlp", "encoder"):
            return self.names(path if path in modules else word)
        if word in ("weight", "bias"):
            return getattr(modules[self.at], word)
        if word == "eps":
            return modules[self.at].eps
        return modules[path]

    def names(self, path: str) -> SimpleNamespace:
        tree = SimpleNamespace()
        for name, tensor in self.trace.tensors.items():
            if name.startswith(path + "."):
                *parts, last = name.removeprefix(path + ".").split(".")
                at = tree
                for part in parts:
                    at.__dict__.setdefault(part, SimpleNamespace())
                    at = at.__dict__[part]
                setattr(at, last, tensor)
        for name, module in self.model.get_submodule(path).named_children():
            tree.__dict__.setdefault(name, module)
        return tree

    def site(self):
        return self.trace.site(self.at)

    def get_rotate(self):
        return rotate if f"{self.at}.q_unrotated" in self.trace.tensors else lambda x: x

    def get_scale(self):
        return self.site().scale

    def get_cap(self):
        c = self.site().softcap
        return (lambda x: x) if c is None else lambda x: c * torch.tanh(x / c)

    def get_by_distance(self):
        bias = self.trace.tensors.get(f"{self.at}.relative_bias")
        if bias is None:
            return 0
        n_query, n_key = (self.trace[f"{self.at}.{name}"].shape[-2] for name in ("q", "k"))
        return torch.stack([bias[:, n_query - 1 - i : n_query - 1 - i + n_key] for i in range(n_query)], 1)

    def get_sink(self):
        return self.sinks[self.at].exp()[:, None] if self.site().sinks else 0

    def get_visible(self):
        return visible(self.trace[f"{self.at}.q"], self.trace[f"{self.at}.k"], self.site().mask)

    def get_patch(self):
        return [min(64, n) for n in self.trace.pattern(self.at).shape[-2:]]

    def get_resid_post(self):
        """Beside a block's names its own; of the whole run those of every block of the stack that predicts."""
        if self.at:
            return self.tensor("resid_post")
        last = "decoder" if self.model.decoder is not None else "encoder"
        return torch.stack([self.trace[f"{last}.blocks.{i}.resid_post"] for i in range(self.model.config.n_layers)])

    def get_last_norm(self):
        norm = self.model.decoder.norm if self.model.decoder is not None else self.model.encoder.norm
        return norm or (lambda x: x)

    def get_heads(self):
        return lambda x: torch.stack(x.split(self.model.config.d_head, dim=-1))

    def get_activation(self):
        return {"gelu": F.gelu, "relu": F.relu}[self.model.config.activation]

    def get_unembed(self):
        return self.model.embed.weight if self.model.config.tied else self.model.W_u.weight

    def get_token(self):
        return self.ids["source" if self.at == "encoder" else "target"]

    def get_position(self):
        return torch.arange(len(self.get_token()))

    def get_embed(self):
        return self.model.embed.weight

    def get_pos_embed(self):
        return self.model.get_submodule(f"{self.at}.pos_embed").weight

    def get_x(self):
        """What a norm, an attention, an MLP or a sum reads, written out by hand."""
        block = f"{self.stack}.blocks.{self.layer}"
        middle = f"{block}.resid_cross" if f"{block}.resid_cross" in self.trace.tensors else f"{block}.resid_mid"
        last = "decoder" if self.model.decoder is not None else "encoder"
        leaves = f"blocks.{self.model.config.n_layers - 1}.resid_post"
        reads = {
            f"{block}.norm_attn": f"{block}.resid_pre",
            f"{block}.attn": f"{block}.norm_attn.normalized",
            f"{block}.norm_cross": f"{block}.resid_mid",
            f"{block}.cross_attn": f"{block}.norm_cross.normalized",
            f"{block}.norm_mlp": middle,
            f"{block}.mlp": f"{block}.norm_mlp.normalized",
            block: middle,
            "encoder.norm": f"encoder.{leaves}",
            "decoder.norm": f"decoder.{leaves}",
            "": f"{last}.norm.normalized",
        }
        if self.model.config.norm == "pre-mlp":
            reads |= {f"{block}.attn": f"{block}.resid_pre", "": f"{last}.{leaves}"}
        return self.trace[reads[self.at]]

    def get_memory(self):
        return self.trace["memory"] if self.at.endswith("cross_attn") else self.get_x()


def built(kind: str, positions: str):
    if positions == "by hand":
        return hand.transformer(n_heads=2).double(), {"target": torch.tensor([0, 1, 2, 3, 5])}
    return build(kind, positions), inputs(kind)


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: f"{run[0]}-{run[1]}-{run[2] and run[2].spec}")
def run(request):
    kind, positions, mask = request.param
    model, ids = built(kind, positions)
    trace = Trace(sites=model.sites(mask), W_o=model.W_o(), read_out=model.read_out)
    with torch.no_grad():
        model(**ids, mask=mask, tap=Tap(trace.record))
    return model, trace, ids, kind


def names(trace: Trace) -> list[str]:
    derived = [name for name, described in GLOSSARY.items() if described.derived and name not in OF_RUN]
    return [*trace, *(f"{site.name}.{name}" for site in trace.sites for name in derived), *OF_RUN]


@torch.no_grad()
def test_every_formula_gives_the_tensor_it_describes(run):
    model, trace, ids, _ = run
    computed = set()
    for name in names(trace):
        described = entry(name)
        if described.formula:
            computed.add(name.rpartition(".")[2])
            again = eval(described.formula, Scope(name, trace, model, ids))  # ours, and a test: that is its point
            assert torch.allclose(again.double(), trace[name].double(), rtol=0, atol=1e-10, equal_nan=True), name
    assert computed >= {"q", "k", "v", "scores", "log_denominator", "pattern", "z", "attn_out", "resid_mid", "logits"}
    assert computed >= {"head_out_norm", "head_out_share", "next_probabilities", "lens_ids", "lens_probabilities"}


def test_axes_are_as_long_as_what_they_run_over(run):
    model, trace, ids, kind = run
    c = model.config
    lengths = {
        **{side: len(tokens) for side, tokens in ids.items()},
        "head": c.n_heads, "kv_head": c.n_heads, "d_head": c.d_head, "d_model": c.d_model, "d_mlp": c.d_mlp,
        "n_vocab": c.n_vocab, "block": c.n_layers, "rank": min(10, c.n_vocab),
    }  # fmt: skip
    for name in names(trace):
        if name.endswith(("thumbnails", "head_scores", "head_chance")):  # test_trace.py, test_heads.py
            continue
        assert trace[name].shape == tuple(lengths[dim] for dim in dims(name, kind)), name


def test_the_stream_goes_on_where_the_block_before_left_it(run):
    trace = run[1]
    for stack in ("encoder", "decoder"):
        if f"{stack}.embed" not in trace.tensors:
            continue
        first = trace[f"{stack}.embed"]
        if f"{stack}.pos_embed" in trace.tensors:
            first = first + trace[f"{stack}.pos_embed"]
        assert torch.equal(trace[f"{stack}.blocks.0.resid_pre"], first)
        for i in range(1, run[0].config.n_layers):
            assert torch.equal(trace[f"{stack}.blocks.{i}.resid_pre"], trace[f"{stack}.blocks.{i - 1}.resid_post"])


def test_every_entry_is_met_in_some_trace():
    met = set()
    for kind, positions, _ in RUNS:
        (model, ids), trace = built(kind, positions), Trace()
        with torch.no_grad():
            model(**ids, tap=Tap(trace.record))
        met |= {name.rpartition(".")[2] for name in trace}
    of_real_models = {"relative_bias", "pair_bias", "narrow_embed"}  # held by test_insides.py, test_forward_pass.py
    assert met == {name for name, described in GLOSSARY.items() if not described.derived} - of_real_models


@pytest.mark.parametrize("name", GLOSSARY)
def test_an_entry_is_explained_in_both_languages(name):
    described = GLOSSARY[name]
    assert described.en.endswith(".")
    assert described.zh.endswith("。")
    assert described.dims


def test_axes_say_whose_tokens_they_run_over():
    assert dims("decoder.blocks.0.cross_attn.scores") == ("head", "target", "source")
    assert dims("decoder.blocks.0.cross_attn.k") == ("kv_head", "source", "d_head")
    assert dims("encoder.blocks.0.attn.pattern") == ("head", "source", "source")
    assert dims("logits", "encoder") == ("source", "n_vocab")
    assert dims("logits", "encoder-decoder") == ("target", "n_vocab")
    assert dims("memory", "encoder-decoder") == ("source", "d_model")


def test_an_empty_row_has_the_log_of_an_empty_sum(run):
    _, trace, _, _ = run
    for site in trace.sites:
        for query in trace.no_visible_key(site.name):
            assert trace[f"{site.name}.log_denominator"][:, query].tolist() == [-math.inf] * site.n_heads


@pytest.mark.parametrize("family", ["Llama", "T5", "Gemma2", "GPT-OSS"])
def test_the_formulas_of_attention_hold_for_real_models_of_every_make(tmp_path, family):
    """Shared keys; a bias by distance and a scale of 1; a soft cap and a window; a sink."""
    pytest.importorskip("transformers")
    from real_models import saved

    from model import huggingface

    model = huggingface.load(saved(tmp_path / family, family), "real")
    trace = model.trace("the cat sat", target="a cat" if model.kind == "encoder-decoder" else None)
    sinks = {  # a head's own, as the model's file has them
        f"decoder.blocks.{name.split('.layers.')[1].split('.')[0]}.attn": values.detach().float()
        for name, values in model.transformer.model.named_parameters()
        if name.endswith(".sinks")
    }
    assert bool(sinks) == (family == "GPT-OSS")
    for site in trace.sites:
        for last in ("scores", "log_denominator", "pattern", "z"):
            name = f"{site.name}.{last}"
            scope = Scope(name, trace, None, None)
            scope.sinks = sinks
            again = eval(GLOSSARY[last].formula, scope)  # ours, and a test: that is its point
            torch.testing.assert_close(again, trace[name], rtol=1e-4, atol=1e-5, msg=name)
        rows = trace.pattern(site.name).sum(-1)
        assert bool((rows < 0.999).any()) == site.sinks, site.name
