import os
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest
import torch

from app.cli import main, parser, settings_from
from app.command_words import columns, wrapped
from app.settings import Settings

TEXT = "The cat sat on the mat."
WHERE = Settings.model_fields["device"].description


def refused(capsys, *arguments):
    """What the command says on refusing: one line, and no more."""
    assert main([str(argument) for argument in arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.endswith("\n")
    assert "Traceback" not in told.err
    return told.err.strip()


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("HEADLIGHT_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def as_many_threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("flags", "asked"),
    [
        ([], {}),
        (["--model", "encoder", "--mask", "causal"], {"model": "encoder", "mask": "causal"}),
        (["--mask", "prefix:3", "--names", "*.q", "*.pattern"], {"mask": {"prefix": 3}, "names": ["*.q", "*.pattern"]}),
        (["--mask", "window:2"], {"mask": {"window": 2}}),
        (["--model", "encoder-decoder"], {"model": "encoder-decoder"}),
        (["--model", "encoder-decoder", "--target", "我"], {"model": "encoder-decoder", "target": "我"}),
    ],
)
def test_the_command_writes_the_bytes_that_the_api_sends(client, tmp_path, capsys, monkeypatch, flags, asked):
    monkeypatch.setenv("HEADLIGHT_THREADS", str(client.app.state.answers.settings.threads))
    path = tmp_path / "trace.safetensors"
    assert main(["trace", TEXT, "-o", str(path), "--device", "cpu", *flags]) == 0
    assert capsys.readouterr() == ("", "")
    sent = client.post("/api/trace", json={"model": "decoder", "text": TEXT, **asked})
    assert sent.status_code == 200
    assert path.read_bytes() == sent.content


def test_the_command_takes_as_many_threads_as_the_server_would(tmp_path, monkeypatch):
    torch.set_num_threads(2)
    monkeypatch.setenv("HEADLIGHT_THREADS", "1")
    assert main(["trace", TEXT, "-o", str(tmp_path / "trace"), "--device", "cpu"]) == 0
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--model", "nobody"], "no model of this name has been fetched to this machine: hf download nobody"),
        (["--names", "nothing"], "At least one of the names"),
        (["--names", "x" * 201], "The field names is out of its range"),
        (["--mask", "diagonal"], "The field mask does not have a value of the right kind"),
        (["--mask", "prefix:-1"], "The field mask is out of its range"),
        (["--mask", "painted:1"], "The field mask does not have a value of the right kind"),
        (["--target", "x"], "Only an encoder-decoder takes a target"),
    ],
)
def test_what_the_api_refuses_the_command_refuses(tmp_path, capsys, flags, sentence):
    path = tmp_path / "trace.safetensors"
    assert sentence in refused(capsys, "trace", TEXT, "-o", path, *flags)
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type at least one visible character."),
        ("\u200b", "Type at least one visible character."),
        ("a" * 24_001, "The text has 24001 characters; 24000 is the most."),
        (" the" * 256, "That makes 257 tokens; this model reads 256 at most."),
        ("\udcff", "The text contains half a character"),  # a byte that is no UTF-8, as Python hands it over
    ],
)
def test_a_text_that_cannot_be_read_is_refused(tmp_path, capsys, text, sentence):
    told = refused(capsys, "trace", text, "-o", tmp_path / "trace")
    assert told.startswith(sentence)


def test_a_file_that_cannot_be_written_is_said(tmp_path, capsys):
    path = tmp_path / "nowhere" / "trace"
    assert refused(capsys, "trace", TEXT, "-o", path) == f"{path} cannot be written: No such file or directory."
    assert "cannot be written" in refused(capsys, "trace", TEXT, "-o", tmp_path)


@pytest.mark.parametrize("command", [["serve"], ["trace", TEXT, "-o", "never-written"]])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"), ("PORT", "http"), ("DEVICE", "abacus"), ("THREADS", "-1"), ("DEADLINE", "0"),
        ("HOSTS", "headlight.example.org"), ("HOSTS", "[1]"), ("MAX_BODY", "64 KiB"),
    ],
)  # fmt: skip
def test_a_bad_setting_in_the_environment_is_named(capsys, monkeypatch, tmp_path, command, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"HEADLIGHT_{name}", value)
    assert name.lower() in refused(capsys, *command)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_setting_typed_is_named(capsys):
    assert refused(capsys, "serve", "--port", 0).startswith("port: ")
    assert refused(capsys, "serve", "--threads", -1).startswith("threads: ")
    assert refused(capsys, "serve", "--device", "abacus").startswith("device: ")


@pytest.mark.skipif(sys.platform == "darwin", reason="may have this device")
def test_a_device_that_is_not_there_is_said(capsys, tmp_path):
    for command in (["serve"], ["trace", TEXT, "-o", tmp_path / "trace"]):
        assert "mps: " in refused(capsys, *command, "--device", "mps")


@pytest.mark.parametrize(
    "words",
    [
        [], ["nothing"], ["serve", "--port", "http"], ["serve", "more"], ["trace"],
        ["trace", TEXT], ["trace", "-o", "x"], ["trace", TEXT, "-o", "x", "--mask", "prefix:three"],
    ],
)  # fmt: skip
def test_what_is_no_command_is_answered_with_its_usage(capsys, words):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("usage: headlight")


def test_what_is_typed_goes_before_the_environment_and_that_before_the_defaults(monkeypatch):
    typed = ["serve", "--host", "0.0.0.0", "--port", "9001", "--device", "cpu", "--threads", "2"]
    settings = settings_from(parser().parse_args(typed))
    assert (settings.host, settings.port, settings.device, settings.threads) == ("0.0.0.0", 9001, "cpu", 2)

    assert settings_from(parser().parse_args(["serve"])).port == 8000
    monkeypatch.setenv("HEADLIGHT_PORT", "9002")
    monkeypatch.setenv("HEADLIGHT_MAX_QUEUE", "3")
    settings = settings_from(parser().parse_args(["serve"]))
    assert (settings.port, settings.max_queue) == (9002, 3)
    assert settings_from(parser().parse_args(["serve", "--port", "9003"])).port == 9003


def test_help_is_the_settings_own(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    told = capsys.readouterr().out
    for flag in ("--host", "--port", "--device", "--threads"):
        assert flag in told
    assert "0.0.0.0 lets other machines in" in " ".join(told.split())


def test_help_is_in_the_readers_language(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as left:
        main(["serve", "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：headlight serve") and "选项:" in told
    assert "别的机器也能连进来" in "".join(told.split())
    monkeypatch.setenv("HEADLIGHT_LANG", "en")
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    assert capsys.readouterr().out.startswith("usage: headlight serve")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["trace"], "headlight trace: 缺少 -o/--output"),
        (["trace", "-o", "x"], "headlight trace: 缺少其中之一：text --from"),
        (["serve", "--port", "http"], "headlight serve: --port 不能是 'http'"),
        (["serve", "--port"], "headlight serve: --port 后面要有值"),
        (["serve", "more"], "headlight: 不认识 more"),
        (["trace", "a", "-o", "x", "--from", "b"], "headlight trace: --from 不能和 text 一起用"),
        (["trace", "a", "-o", "x", "--mask", "prefix:three"], "headlight trace: --mask 不能是 'prefix:three'"),
    ],
)
def test_what_is_no_command_is_said_in_the_readers_language(capsys, monkeypatch, words, sentence):
    monkeypatch.setenv("HEADLIGHT_LANG", "zh")
    with pytest.raises(SystemExit):
        main(words)
    assert capsys.readouterr().err.splitlines()[-1] == sentence


@pytest.mark.parametrize(
    ("name", "value", "en", "zh"),
    [
        ("PORT", "99999", "port: 65535 at most.", "port：最大 65535。"),
        ("PORT", "0", "port: 1 at least.", "port：最小 1。"),
        ("PORT", "http", "port: a whole number is needed.", "port：要填整数。"),
        ("DEADLINE", "0", "deadline: more than 0.0.", "deadline：要大于 0.0。"),
        ("DEADLINE", "soon", "deadline: a number is needed.", "deadline：要填数字。"),
        ("ANY_MODEL_TYPE", "maybe", "any_model_type: true or false is needed.",
         "any_model_type：要填 true 或 false。"),
        ("DTYPE", "float8", "dtype: one of float32, float16, bfloat16 is needed.",
         "dtype：只能是 float32, float16, bfloat16 之一。"),
        ("DEVICE", "abacus", f"device: {WHERE}",
         "device: 模型在哪里运行：cpu、cuda（有几块卡时写 cuda:0、cuda:1……）或 mps；auto 依次尝试 cuda、mps、cpu。"),
        ("HOSTS", "a.example", 'hosts: a JSON list is needed, such as ["one", "two"].',
         'hosts：要填 JSON 列表，例如 ["one", "two"]。'),
        ("HOSTS", "[1]", "hosts.0: texts in quotation marks are needed.", "hosts.0：要填引号里的文本。"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_said_in_the_readers_language(capsys, monkeypatch, name, value, en, zh):
    monkeypatch.setenv(f"HEADLIGHT_{name}", value)
    assert refused(capsys, "serve") == en
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert refused(capsys, "serve") == zh


def test_lines_of_help_are_as_wide_as_the_terminal_whatever_they_are_written_in():
    text = "无论这些模型存成什么精度，都按这个精度载入和计算；自带的模型是 float32，每个 softmax 也是 float32。" * 3
    lines = wrapped(text, 40)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(30 < columns(line) <= 42 for line in lines[:-1])  # a mark that begins no line may stand over
    assert not any(line[0] in "，。；" for line in lines)
    assert wrapped("a few plain words", 10) == ["a few", "plain", "words"]


COMMAND = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_the_server_answers_logs_no_text_and_ends_quietly_on_ctrl_c():
    address = free_address()
    words = [*COMMAND, "serve", "--port", address.rpartition(":")[2], "--device", "cpu", "--threads", "1"]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with httpx2.Client(base_url=address, timeout=30) as client:
            wait_for(server, client)
            assert [info["id"] for info in client.get("/api/models").json()]
            body = {"model": "decoder", "text": "Xylophon"}
            assert client.post("/api/trace", json=body).status_code == 200
            assert client.post("/api/trace", json=body | {"mask": "Xylophon"}).status_code == 422
            assert client.get("/Xylophon?Xylophon").status_code == 404
        server.send_signal(signal.SIGINT)
        out, log = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    assert server.returncode == 0
    assert out == ""
    first, *lines = log.splitlines()
    assert first.endswith(f"INFO listening on 127.0.0.1, port {address.rpartition(':')[2]}")
    assert [line.split()[2:3] + line.split()[4:7] for line in lines] == [
        ["INFO", "GET", "/healthz", "200"],
        ["INFO", "GET", "/api/models", "200"],
        ["INFO", "POST", "/api/trace", "200"],
        ["INFO", "POST", "/api/trace", "422"],
        ["INFO", "GET", "-", "404"],
    ]


READS_FOREVER = """
import sys, time
import app.models
from app.cli import main
app.models.needed = lambda *_, **__: 0
app.models.from_files = lambda *_, **__: time.sleep(600)
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_does_not_wait_for_a_model_that_is_being_read(tmp_path):
    pytest.importorskip("transformers")
    address = free_address()
    words = [sys.executable, "-c", READS_FOREVER, "serve", "--port", address.rpartition(":")[2], "--model", tmp_path]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        with httpx2.Client(base_url=address, timeout=30) as client:
            wait_for(server, client)
            while client.get("/api/models").json()[-1]["state"] != "loading":
                time.sleep(0.05)
        server.send_signal(signal.SIGINT)
        _, log = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert server.returncode == 0 and "Traceback" not in log


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def wait_for(server, client):
    while server.poll() is None:
        try:
            return client.get("/healthz").raise_for_status()
        except httpx2.ConnectError:
            time.sleep(0.05)
    raise AssertionError(server.communicate())


def test_models_are_named_as_often_as_there_are_and_before_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("HEADLIGHT_MODELS", '["c"]')
    assert settings_from(parser().parse_args(["serve"])).models == ["c"]
    assert settings_from(parser().parse_args(["serve", "--model", "a", "--model", "b/c"])).models == ["a", "b/c"]


def test_a_model_that_is_not_there_is_said(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert "is no folder" in refused(capsys, "serve", "--model", tmp_path / "nowhere")
    assert "hf download some/model" in refused(capsys, "serve", "--model", "some/model")
