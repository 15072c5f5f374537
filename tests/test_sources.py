"""Names of the hub: a cache laid out by hand as its own tools do, which they are asked to read as well."""

import hashlib
import importlib
import json
import os
import shutil

import pytest
import torch
from real_models import saved

from model import zoo
from model.refused import ModelRefused
from model.sources import NotHere, hub, located, snapshot

huggingface_hub = pytest.importorskip("huggingface_hub")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")

OLD, NEW = "0" * 39 + "1", "0" * 39 + "2"


@pytest.fixture(scope="module")
def gpt(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("models") / "gpt", "GPT-2")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """keep(name, commit, folder, *refs): what `hf download` leaves behind of a folder's files."""
    path = tmp_path / "cache" / "hub"
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(path.parent))

    def keep(name, commit, folder, *refs):
        kept = path / huggingface_hub.file_download.repo_folder_name(repo_id=name, repo_type="model")
        (kept / "blobs").mkdir(parents=True, exist_ok=True)
        there = kept / "snapshots" / commit
        there.mkdir(parents=True)
        for file in folder.iterdir():
            content = file.read_bytes()
            blob = kept / "blobs" / hashlib.sha256(content).hexdigest()
            blob.write_bytes(content)
            (there / file.name).symlink_to(os.path.relpath(blob, there))
        for ref in refs:
            (kept / "refs" / ref).parent.mkdir(parents=True, exist_ok=True)
            (kept / "refs" / ref).write_text(commit)
        return there

    keep.path = path
    return keep


def code(source):
    with pytest.raises(NotHere) as refused:
        located(source)
    return refused.value


def refused(source):
    with pytest.raises(ModelRefused) as error:
        zoo.load(source)
    return error.value.code


def test_what_was_laid_out_is_what_the_hubs_own_tools_read(cache, gpt):
    there = cache("some/Model-1", NEW, gpt, "main", "refs/pr/3")
    told = huggingface_hub.scan_cache_dir(cache.path)
    assert not told.warnings
    (repository,) = told.repos
    assert (repository.repo_id, repository.nb_files) == ("some/Model-1", len(list(gpt.iterdir())))
    asked = {"cache_dir": cache.path, "local_files_only": True}
    assert huggingface_hub.snapshot_download("some/Model-1", **asked) == str(snapshot("some/Model-1")) == str(there)
    found = huggingface_hub.try_to_load_from_cache("some/Model-1", "config.json", cache_dir=cache.path)
    assert found == str(snapshot("some/Model-1@refs/pr/3") / "config.json")


def test_a_name_runs_as_its_folder_does_and_nothing_is_written_to_the_cache(cache, gpt):
    cache("gpt2", NEW, gpt, "main")
    before = sorted(cache.path.rglob("*"))
    for path in [cache.path, *before]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o500)
    named, of_folder = zoo.load("gpt2").trace("the cat"), zoo.load(gpt).trace("the cat")
    for path in [cache.path, *before]:
        if path.is_dir():
            path.chmod(0o700)
    assert sorted(cache.path.rglob("*")) == before
    assert list(named) == list(of_folder)
    for name in named:
        assert torch.equal(named[name], of_folder[name]), name
    assert named.model["sha256"] == of_folder.model["sha256"]


def test_shards_are_read_together_and_one_that_is_missing_is_said(cache, gpt, tmp_path):
    model = transformers.AutoModelForCausalLM.from_pretrained(gpt)
    model.save_pretrained(tmp_path / "sharded", max_shard_size="20KB")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(gpt / name, tmp_path / "sharded")
    there = cache("owner/sharded", NEW, tmp_path / "sharded", "main")
    shards = sorted(there.glob("*-of-*.safetensors"))
    assert len(shards) > 2
    whole, sharded = (zoo.load(source).trace("the cat") for source in (gpt, "owner/sharded"))
    assert all(torch.equal(whole[name], sharded[name]) for name in whole)
    shards[1].resolve().unlink()
    assert refused("owner/sharded") == "model-corrupt"
    shards[1].unlink()
    assert refused("owner/sharded") == "model-corrupt"


def test_each_revision_is_its_own(cache, gpt, tmp_path):
    shutil.copytree(gpt, tmp_path / "old")
    config = json.loads((gpt / "config.json").read_text())
    (tmp_path / "old" / "config.json").write_text(json.dumps(config | {"layer_norm_epsilon": 0.1}))
    old, new = cache("owner/m", OLD, tmp_path / "old", "v1"), cache("owner/m", NEW, gpt, "main", "v2")
    assert {snapshot(f"owner/m{at}") for at in ("", "@main", "@v2", f"@{NEW}")} == {new}
    assert {snapshot(f"owner/m{at}") for at in ("@v1", f"@{OLD}")} == {old}
    assert zoo.load("owner/m@v1").sha256 != zoo.load("owner/m").sha256


def test_a_revision_that_is_not_there_is_told_with_those_that_are(cache, gpt):
    cache("owner/m", OLD, gpt, "v1")
    cache("owner/m", NEW, gpt)
    for asked, revision in (("owner/m", "main"), ("owner/m@v3", "v3")):
        told = code(asked)
        assert told.code == "no-revision"
        assert told.values == {"source": "owner/m", "revision": revision, "others": f"@v1, @{NEW}"}


@pytest.mark.parametrize("written", ["../../../elsewhere", "", NEW + "/..", "main"])
def test_a_ref_that_names_no_commit_leads_nowhere(cache, gpt, written):
    there = cache("owner/m", NEW, gpt, "main")
    (there.parents[1] / "refs" / "main").write_text(written)
    assert code("owner/m").code == "no-revision"


def test_what_was_not_fetched_is_told_with_how_to_fetch_it(cache, gpt):
    told = code("gpt2")
    assert (told.code, str(told).endswith("hf download gpt2")) == ("not-fetched", True)
    assert "hf download gpt2" in told.told("zh") and not told.told("zh").isascii()
    cache("openai-community/gpt2", NEW, gpt, "main")
    assert (code("gpt2").code, code("gpt2").values["other"]) == ("other-name", "openai-community/gpt2")
    assert code("other/gpt2").values["other"] == "openai-community/gpt2"
    assert code("gpt2-large").code == "not-fetched"


def test_an_old_name_is_found_from_the_new_one(cache, gpt):
    cache("gpt2", NEW, gpt, "main")
    assert code("openai-community/gpt2").values["other"] == "gpt2"


@pytest.mark.parametrize("name", ["a@../b", "a@", "../a", "a/b/c", "a@b@c", "a\0", "a@/x", ""])
def test_what_is_no_name_reaches_no_file(cache, name):
    assert code(name).code == "no-folder"


def test_a_config_alone_is_no_model_and_a_pickle_is_none_either(cache, gpt):
    there = cache("owner/m", NEW, gpt, "main")
    (there / "model.safetensors").unlink()
    assert refused("owner/m") == "model-corrupt"
    (there / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    assert refused("owner/m") == "unsafe-weights"


def test_no_link_leads_out_of_what_was_kept_of_this_model(cache, gpt, tmp_path):
    there = cache("owner/m", NEW, gpt, "main")
    zoo.load("owner/m")
    other = cache("owner/other", NEW, gpt, "main")
    for outside in (gpt / "config.json", other / "config.json"):
        (there / "config.json").unlink()
        (there / "config.json").symlink_to(outside)
        assert refused("owner/m") == "model-corrupt"
    shutil.rmtree(there)
    there.symlink_to(gpt)
    assert refused("owner/m") == "model-corrupt"


@pytest.mark.parametrize(
    "given",
    [
        {"HF_HUB_CACHE": "/a/b"}, {"HF_HOME": "/a"}, {"XDG_CACHE_HOME": "/x"}, {"HUGGINGFACE_HUB_CACHE": "/old"},
        {"HF_HOME": "/a", "HF_HUB_CACHE": "$HOME/c"}, {"HF_HUB_CACHE": "~/b"}, {},
    ],
    ids=str,
)  # fmt: skip
def test_the_place_is_the_one_that_the_hubs_own_tools_use(given, monkeypatch):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with monkeypatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        theirs = importlib.reload(huggingface_hub.constants).HF_HUB_CACHE
        assert str(hub()) == theirs
    monkeypatch.undo()
    importlib.reload(huggingface_hub.constants)
