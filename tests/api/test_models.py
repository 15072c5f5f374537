"""What the server tells of its models: which there are, what their names mean, whether they are ready."""

from api.client import KINDS

from model import zoo
from model.glossary import GLOSSARY


def test_the_models_are_the_zoos_as_it_describes_them(client):
    response = client.get("/api/models")
    assert response.status_code == 200
    assert response.json() == [{**zoo.load(id).info(), "state": "ready"} for id in zoo.ids()]


def test_every_model_says_what_a_client_must_know(client):
    for info in client.get("/api/models").json():
        assert info.keys() == {
            "id", "title", "kind", "n_layers", "n_heads", "n_kv_heads", "d_model", "d_head", "n_ctx", "n_vocab",
            "mask", "languages", "source", "dtype", "stored_dtype", "parameters", "captures", "checkpoints", "editable",
            "license", "predicts", "relative_bias", "state",
        }  # fmt: skip
        assert info["kind"] in KINDS


def test_the_glossary_is_the_models_in_both_languages(client):
    listed = client.get("/api/glossary").json()
    assert [entry["name"] for entry in listed] == list(GLOSSARY)
    for entry in listed:
        known = GLOSSARY[entry["name"]]
        assert entry == {
            "name": entry["name"], "dims": known.dims.split(), "formula": known.formula,
            "en": known.en, "zh": known.zh, "derived": known.derived,
        }  # fmt: skip
        assert entry["en"] and entry["zh"]


def test_the_process_says_that_it_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_server_is_ready_when_its_models_have_run(client):
    assert client.get("/api/models").status_code == 200  # waits for them
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "models": zoo.ids(), "unavailable": []}
