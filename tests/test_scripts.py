"""The logic of scripts/run.py and scripts/test.py: what makes an environment new again, what is passed on to whom."""

import json
import os
import socket
import subprocess
import sys
import venv
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import chromium
import environment
import pytest
import run

# by path: the standard library has a package called test
spec = spec_from_file_location("test_script", environment.ROOT / "scripts" / "test.py")
test_script = module_from_spec(spec)
spec.loader.exec_module(test_script)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    return tmp_path


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A venv whose installation finished, with the extra `test`."""
    folder = tmp_path / ".venv"
    venv.create(folder, with_pip=False)
    (folder / environment.STAMP).write_text(json.dumps({"fingerprint": "now", "extras": ["test"]}))
    return folder


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_fingerprint_changes_with_either_file(project: Path, name: str) -> None:
    before = environment.fingerprint(project)
    assert environment.fingerprint(project) == before
    (project / name).write_text((project / name).read_text().replace("2.13.0", "2.13.1") + "# new\n")
    assert environment.fingerprint(project) != before


def test_fingerprint_changes_when_the_checkout_moves(project: Path) -> None:
    before = environment.fingerprint(project)
    assert environment.fingerprint(project.rename(project.with_name("moved"))) != before


def test_fingerprint_changes_with_the_python(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment.fingerprint(project)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert environment.fingerprint(project) != before


def test_finished_environment_is_ready(finished: Path) -> None:
    assert environment.ready(finished, "now", {"test"})
    assert environment.ready(finished, "now", set())


def test_changed_pin_or_new_extra_is_not_ready(finished: Path) -> None:
    assert not environment.ready(finished, "changed since", {"test"})
    assert not environment.ready(finished, "now", {"test", "train"})


def test_environment_without_its_python_is_not_ready(finished: Path) -> None:
    environment.program("python", finished).unlink()
    assert not environment.ready(finished, "now", set())


def test_interrupted_installation_is_made_anew(finished: Path) -> None:
    (finished / environment.STAMP).write_text("")
    assert not environment.ready(finished, "now", set())
    assert environment.half_made(finished)


def test_environment_without_pip_is_half_made(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", with_pip=False)
    assert environment.half_made(tmp_path / ".venv")


def test_missing_or_empty_environment_is_half_made(tmp_path: Path) -> None:
    assert environment.half_made(tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    assert environment.half_made(tmp_path / ".venv")


def test_working_environment_of_unknown_content_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "read_stamp", lambda venv: None)
    assert not environment.half_made(Path(sys.prefix))


class FakePip:
    """Takes pip's place: notes the targets, and what the stamp says while it works."""

    def __init__(self, venv: Path) -> None:
        self.venv, self.targets, self.stamps = venv, [], []
        self.outcome: type[BaseException] | None = None

    def __call__(self, venv: Path, extras: set[str]) -> None:
        self.targets.append(sorted(extras))
        self.stamps.append(environment.read_stamp(venv))
        if self.outcome:
            raise self.outcome


@pytest.fixture
def pip(finished: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> FakePip:
    fake = FakePip(finished)
    monkeypatch.setattr(environment, "VENV", finished)
    monkeypatch.setattr(environment, "usable", lambda venv: True)
    monkeypatch.setattr(environment, "fingerprint", lambda: "later")
    monkeypatch.setattr(environment, "create", lambda venv: pytest.fail("a working environment is not made anew"))
    monkeypatch.setattr(environment, "install", fake)
    return fake


def test_second_run_installs_nothing(pip: FakePip) -> None:
    environment.ensure({"test"})
    environment.ensure({"test"})
    environment.ensure(set())
    assert pip.targets == [["test"]]


def test_changed_pin_keeps_the_extras_that_were_there(pip: FakePip) -> None:
    environment.ensure(set())
    assert pip.targets == [["test"]]


def test_stamp_is_empty_while_pip_works(pip: FakePip) -> None:
    pip.outcome = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        environment.ensure({"test"})
    assert pip.stamps == [{}]
    assert environment.half_made(pip.venv)


def test_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        environment.ensure(set())


def test_python_without_venv_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        environment.create(tmp_path / ".venv")


def test_options_reach_the_server() -> None:
    options, rest = run.parse(["--port", "8123", "--host", "0.0.0.0", "--device", "cuda", "--no-browser", "--new", "1"])
    command = run.serve_command(options, rest)
    assert command[1:] == ["serve", "--host", "0.0.0.0", "--port", "8123", "--device", "cuda", "--new", "1"]


def test_defaults_serve_this_machine_alone() -> None:
    assert run.serve_command(*run.parse([]))[1:] == ["serve", "--host", "127.0.0.1", "--port", "8000"]


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_impossible_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.parse([f"--port={port}"])
    assert "port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_address_is_one_that_can_be_visited(host: str, address: str) -> None:
    assert run.address(host, 80) == address


def test_taken_port_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run.taken("127.0.0.1", port)
        assert run.taken("0.0.0.0", port)
    assert not run.taken("127.0.0.1", port)


def test_server_that_ends_at_once_is_not_waited_for() -> None:
    server = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    assert not run.wait_until_healthy(server, "http://127.0.0.1:9")
    assert server.returncode == 3


def test_arguments_reach_pytest() -> None:
    commands = test_script.pytest_commands(["-k", "masks"])
    assert all(command[1:3] == ["-m", "pytest"] and command[-2:] == ["-k", "masks"] for command in commands)


def test_the_browsers_tests_run_by_themselves_and_an_empty_selection_is_no_failure(monkeypatch) -> None:
    marked = [command[command.index("-m", 3) + 1] for command in test_script.pytest_commands([])]
    assert marked == ["not browser", "browser"]
    for codes, passed in (([0, 0], True), ([0, 5], True), ([5, 0], True), ([5, 5], False), ([1, 0], False)):
        left = iter(codes)
        monkeypatch.setattr(test_script, "run", lambda command, left=left: next(left))
        assert test_script.tests_pass([]) is passed, codes


def test_only_the_browsers_tests_are_tried_again_and_those_are_named() -> None:
    others, browsers = test_script.pytest_commands([])
    assert "--reruns" not in others
    assert browsers[browsers.index("--reruns") + 1] == "1" and "-rR" in browsers


def test_there_is_a_process_for_each_core_up_to_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, processes in ((1, 1), (2, 2), (64, test_script.MOST)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)), raising=False)
        assert all(f"-n{processes}" in command for command in test_script.pytest_commands([]))


@pytest.mark.parametrize(("failing", "status"), [(None, 0), ("ruff", 1), ("pytest", 1)])
def test_any_failing_check_fails_the_run_and_pytest_is_last(
    monkeypatch: pytest.MonkeyPatch, failing: str | None, status: int
) -> None:
    ran = []

    def run(command: list[str]) -> int:
        ran.append(command)
        return int(failing in command)

    monkeypatch.setattr(test_script, "run", run)
    monkeypatch.setattr(environment, "ensure", lambda extras: None)
    monkeypatch.setattr(chromium, "ensure", lambda: None)
    assert test_script.main([]) == status
    assert "pytest" in ran[-1]
    assert len(ran) >= 3


def test_help_is_told_and_nothing_is_installed_or_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ensure", lambda extras: pytest.fail("installs"))
    monkeypatch.setattr(test_script, "run", lambda command: pytest.fail("runs"))
    assert test_script.main(["--help"]) == 0
    assert "python3 scripts/test.py" in capsys.readouterr().out


def test_named_browser_goes_before_a_found_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADLIGHT_CHROMIUM", "/opt/browser")
    assert chromium.find() == "/opt/browser"


def test_what_apt_cannot_bring_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium, "has_chinese_font", lambda: True)
    monkeypatch.setattr(chromium.shutil, "which", lambda command: None)
    chromium.ensure()
    assert capsys.readouterr().out == "==> Missing for the browser tests: chromium\n"


@pytest.mark.skipif(os.name == "nt", reason="apt-get is asked for where there are users and root")
@pytest.mark.parametrize(
    ("has_shell", "browsers"),
    [(True, ["chromium-headless-shell"]), (False, ["chromium-headless-shell", "chromium"])],
)
def test_missing_browser_and_font_come_from_apt_after_an_update(
    monkeypatch: pytest.MonkeyPatch, has_shell: bool, browsers: list[str]
) -> None:
    commands = []

    def run(command: list[str]) -> SimpleNamespace:
        commands.append(command)
        return SimpleNamespace(returncode=100 if "chromium-headless-shell" in command and not has_shell else 0)

    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium, "has_chinese_font", lambda: False)
    monkeypatch.setattr(chromium.shutil, "which", lambda command: command)
    monkeypatch.setattr(chromium, "as_root", lambda: ["sudo", "-n"])
    monkeypatch.setattr(chromium.subprocess, "run", run)
    chromium.ensure()
    update, *installs = commands
    assert update[:2] == ["sudo", "-n"] and update[-1] == "update"
    assert all({"install", "-y"} <= set(command) for command in installs)
    assert [command[-1] for command in installs[:-1]] == browsers
    assert "fonts-noto-cjk" in installs[-1]


@pytest.mark.skipif(os.name == "nt", reason="bash scripts keep their mode only where there is one")
def test_ci_is_the_same_command() -> None:
    script = environment.ROOT / ".ci" / "run"
    assert "exec python3 scripts/test.py" in script.read_text()
    assert os.access(script, os.X_OK)
