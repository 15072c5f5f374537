"""T5's bias by distance, asked for as a table: what the model's own code writes out for every query and key."""

import pytest
import torch
from real_models import saved
from torch.utils._python_dispatch import TorchDispatchMode

from model.attention import Form, biases

transformers = pytest.importorskip("transformers")
huggingface = pytest.importorskip("model.huggingface")
FAMILIES = ["T5", "mT5"]
N, M = 420, 300  # tokens of source and target: past the distance from which all are in one bucket
TEXT = "the cat sat on the mat and looked at a dog that sat by the door; " * 10


def attentions(model):
    of_stacks = model.encoder, model.decoder
    return dict(zip(("encoder", "decoder"), (one.block[0].layer[0].SelfAttention for one in of_stacks), strict=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_table_holds_what_the_model_writes_out_and_eager_attention_has_the_same_weights(tmp_path, family):
    model = huggingface.load(saved(tmp_path, family), "real")
    assert model.transformer.tables and model.transformer.reads_on
    trace = model.trace(TEXT[:N], TEXT[:M])
    eager = transformers.AutoModelForSeq2SeqLM.from_pretrained(tmp_path, attn_implementation="eager").eval()
    ids = {side: torch.tensor([[token.id for token in read]]) for side, read in trace.tokens.items()}
    with torch.no_grad():
        out = eager(input_ids=ids["source"], decoder_input_ids=ids["target"], output_attentions=True)
        for stack, attention in attentions(eager).items():
            site = f"{stack}.blocks.1.attn"
            n = len(trace.tokens["source" if stack == "encoder" else "target"])
            q, k = trace[f"{site}.q"], trace[f"{site}.k"]
            assert torch.equal(biases(trace.form(site), q, k, 0), attention.compute_bias(n, n)[0])
            assert torch.equal(biases(trace.form(site), q[:, 7:20], k, 7), attention.compute_bias(n, n)[0, :, 7:20])
    for stack in ("encoder", "decoder"):
        for layer, weights in enumerate(getattr(out, f"{stack}_attentions")):
            found = trace.pattern(f"{stack}.blocks.{layer}.attn")
            torch.testing.assert_close(found, weights[0], atol=1e-5, rtol=0)
    for layer, weights in enumerate(out.cross_attentions):
        torch.testing.assert_close(trace.pattern(f"decoder.blocks.{layer}.cross_attn"), weights[0], atol=1e-5, rtol=0)


class Largest(TorchDispatchMode):
    """Bytes of the largest tensor that is made."""

    nbytes = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor):
            self.nbytes = max(self.nbytes, made.untyped_storage().nbytes())
        return made


@pytest.mark.parametrize("family", FAMILIES)
def test_no_run_writes_a_bias_out_for_every_query(tmp_path, family):
    n, n_heads = 1_200, 8
    model = huggingface.load(saved(tmp_path, family, num_heads=n_heads, d_kv=4), "real")
    text = (TEXT * 2)[:n]
    with Largest() as whole:
        model.trace(text, text)
    assert n * n <= whole.nbytes < n_heads * n * n  # the model's mask, a byte each; of the bias, a band


def test_a_model_that_cannot_do_without_its_whole_bias_keeps_it(tmp_path, monkeypatch):
    from transformers.models.t5.modeling_t5 import T5Attention

    own = T5Attention.compute_bias

    def square(self, query_length, key_length, device=None, past_seen_tokens=0):
        assert query_length > 1, "a bias of one query"
        return own(self, query_length, key_length, device, past_seen_tokens)

    tabled = huggingface.load(saved(tmp_path, "T5"), "real").trace(TEXT[:40], TEXT[:30])
    monkeypatch.setattr(T5Attention, "compute_bias", square)
    model = huggingface.load(tmp_path, "real")
    assert not model.transformer.tables and all(site.whole for site in model.transformer.sites())
    trace = model.trace(TEXT[:40], TEXT[:30])
    assert list(trace) == list(tabled)
    for name in trace:
        assert torch.equal(trace[name], tabled[name]), name


@pytest.mark.parametrize(("n_query", "n_key", "row", "end"), [(5, 5, 0, 5), (9, 9, 3, 7), (1, 6, 0, 1), (4, 9, 2, 4)])
def test_a_bias_stands_at_its_distance(n_query, n_key, row, end):
    bias = torch.randn(3, n_query + n_key - 1)
    q, k = torch.zeros(3, end - row, 2), torch.zeros(3, n_key, 2)
    found = biases(Form(1.0, relative_bias=bias), q, k, row)
    for i in range(row, end):
        for j in range(n_key):
            assert torch.equal(found[:, i - row, j], bias[:, j - i + n_query - 1])
