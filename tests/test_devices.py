import pytest
import torch

from app.devices import NoSuchDevice, choose, describe
from model import zoo

HERE = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}


def test_auto_is_the_fastest_device_that_is_there():
    assert choose("auto") == next(device for device, there in HERE.items() if there)
    assert choose("cpu") == "cpu"


@pytest.mark.parametrize("device", [device for device, there in HERE.items() if not there])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(device):
    with pytest.raises(NoSuchDevice, match=f"cannot use {device}.*cpu"):
        choose(device)


def test_a_device_is_called_by_its_name_and_threads():
    assert str(describe("cpu", 3)) == "CPU, 3 threads"
    assert describe("cpu").threads == torch.get_num_threads()
    assert str(describe("mps")) == "Apple GPU"


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
