"""Start Headlight: `python3 scripts/run.py`.

The first run installs what it needs into .venv, later ones start at once. What is not an option here goes to
`headlight serve`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser

import environment
from environment import say

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what a server may listen on, and where it is then visited


def port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and whatever else is meant for `headlight serve`."""
    parser = argparse.ArgumentParser(description="Start Headlight.", allow_abbrev=False)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument("--port", type=port, default=8000)
    parser.add_argument("--device", help="where the models run: cpu, cuda, mps (default: the server's choice)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser.parse_known_args(arguments)


def serve_command(options: argparse.Namespace, rest: list[str]) -> list[str]:
    device = ["--device", options.device] if options.device else []
    serve = [str(environment.program("headlight")), "serve"]
    return [*serve, "--host", options.host, "--port", str(options.port), *device, *rest]


def address(host: str, port: int) -> str:
    host = ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def taken(host: str, port: int) -> bool:
    """Whether something answers there already: its /healthz must not be mistaken for ours."""
    try:
        socket.create_connection((ANY_ADDRESS.get(host, host), port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until_healthy(server: subprocess.Popen, url: str) -> bool:
    """True once /healthz answers, False if the server ends before."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy: it is this machine
    while server.poll() is None:
        try:
            opener.open(f"{url}/healthz", timeout=2).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def has_display() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def stop(server: subprocess.Popen) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl+C must not leave the server behind
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()


def main(arguments: list[str]) -> int:
    options, rest = parse(arguments)
    environment.ensure(set())
    url = address(options.host, options.port)
    if taken(options.host, options.port):
        sys.exit(f"Something else answers at {url}; choose another port, for example --port {options.port + 1}")
    server = subprocess.Popen(serve_command(options, rest), cwd=environment.ROOT)
    try:
        if wait_until_healthy(server, url):
            say(f"Headlight is at {url} (Ctrl+C stops it)")
            if has_display() and not options.no_browser:
                webbrowser.open(url)
        return server.wait()
    finally:
        stop(server)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Stopped")
