import pytest
import torch

from app import devices
from app.devices import NoSuchDevice, choose, describe
from app.i18n import LANGUAGES
from app.settings import Settings
from model import zoo

HERE = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}


def test_auto_is_the_fastest_device_that_is_there():
    assert choose("auto") == next(device for device, there in HERE.items() if there)
    assert choose("cpu") == "cpu"


@pytest.mark.parametrize("device", [device for device, there in HERE.items() if not there])
def test_a_device_that_is_not_there_is_refused_with_what_to_do(device):
    with pytest.raises(NoSuchDevice, match=rf"^{device}: .*--device cpu"):
        choose(device)


@pytest.fixture
def machine(monkeypatch):
    """machine(...): what torch says of this machine."""

    def says(cuda="13.0", cards=0, mps=False, works=True):
        monkeypatch.setattr(torch.version, "cuda", cuda)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
        monkeypatch.setattr(torch.backends.mps, "is_built", lambda: mps is not None)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: bool(mps))

        def ones(*sizes, device):
            if not works:
                raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile ...")
            return torch.full(sizes, 1.0)

        monkeypatch.setattr(devices.torch, "ones", ones)

    return says


@pytest.mark.parametrize(("device", "said", "trouble"), [
    ("cuda", {"cuda": None}, "no-cuda-build"), ("cuda", {}, "no-cuda"), ("cuda:2", {"cards": 2}, "no-such-card"),
    ("cuda", {"cards": 1, "works": False}, "unusable"), ("mps", {"mps": None}, "no-mps-build"), ("mps", {}, "no-mps"),
])  # fmt: skip
def test_why_it_is_not_there_is_told_in_both_languages(machine, device, said, trouble):
    machine(**said)
    with pytest.raises(NoSuchDevice) as refused:
        choose(device)
    assert refused.value.trouble == trouble
    told = {refused.value.told(lang) for lang in LANGUAGES}
    assert len(told) == 2 and all(one.startswith(device) and "\n" not in one for one in told)
    assert choose("auto") == ("cuda" if trouble == "no-such-card" else "cpu")


def test_one_of_several_cards_can_be_chosen(machine):
    machine(cards=2)
    assert [choose(device) for device in ("auto", "cuda", "cuda:1")] == ["cuda", "cuda", "cuda:1"]
    machine(cards=1, mps=True, works=True)
    assert choose("auto") == "cuda"
    machine(mps=True)
    assert choose("auto") == "mps"


@pytest.mark.parametrize("device", ["cuda:", "cuda:x", "gpu", "CPU", "mps:0", "cuda:1 ", "cuda:-1", "cuda:01"])
def test_what_names_no_device_is_refused_as_a_setting(device):
    with pytest.raises(ValueError, match="device"):
        Settings(device=device)
    assert Settings(device="cuda:1").device == "cuda:1"


def test_a_device_is_called_by_its_name_and_threads():
    assert str(describe("cpu", 3)) == "CPU, 3 threads"
    assert describe("cpu").threads == torch.get_num_threads()
    assert str(describe("mps")) == "Apple GPU"


def test_no_product_is_shortened(monkeypatch):
    torch.set_float32_matmul_precision("high")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    devices.exact()
    assert torch.get_float32_matmul_precision() == "highest"
    assert not torch.backends.cudnn.allow_tf32


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
@pytest.mark.parametrize("id", zoo.ids())
def test_a_run_on_the_gpu_is_the_run_on_the_cpu(id):
    text = "I love fish." if id in zoo.BY_HAND else "I see a dog."
    there, here = (zoo.load(id, device).trace(text, mask={"window": 3}) for device in ("cuda", "cpu"))
    assert list(there) == list(here)
    for name in here:
        assert there[name].device.type == "cuda"
        assert torch.allclose(there[name].cpu(), here[name], atol=1e-3), name
    for site in here.sites:
        assert torch.allclose(there.pattern(site.name).cpu(), here.pattern(site.name), atol=1e-3)
