import pytest

from model import zoo
from model.examples import EXAMPLES

CHANCE = 2  # times what the head would put there if it looked at all it sees alike


@pytest.fixture(scope="module")
def traces():
    return {example.text: zoo.load(example.model).trace(example.text, example.target) for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.model}: {example.text}")
def test_what_is_said_of_an_example_is_so(example, traces):
    trace = traces[example.text]
    row = trace[f"{example.site}.pattern"][example.head, example.query]
    visible = trace.visible(example.site)[example.query].sum()
    assert row.argmax() == example.key
    assert row[example.key] > 0.5
    assert row[example.key] > CHANCE / visible


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.model}: {example.text}")
def test_what_is_said_names_both_tokens(example, traces):
    trace, site = traces[example.text], traces[example.text].site(example.site)
    query, key = trace.tokens[site.query][example.query].text, trace.tokens[site.key][example.key].text
    for words in (example.en, example.zh):
        assert f"“{query.strip()}”" in words
        assert f"“{key.strip()}”" in words


@pytest.mark.parametrize("id", zoo.ids())
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_model_has_examples_in_both_languages(id, lang):
    assert [example for example in EXAMPLES if (example.model, example.lang) == (id, lang)]


def test_no_text_is_there_twice():
    texts = [(example.model, example.text) for example in EXAMPLES]
    assert len(set(texts)) == len(texts)
