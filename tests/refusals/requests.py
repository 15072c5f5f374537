"""What is sent, as (method, path, the rest): requests that are refused for one reason each."""

import json
import socket

from app import Settings
from model import zoo

CANARY, NUMBER = "Xylophon", 987654  # what is sent; no answer may hold it
NORMAL = {"model": "decoder", "text": "The cat sat on the mat.", "names": ["*.q", "*.pattern", "logits"]}
LONGEST, LARGEST = Settings().max_characters, Settings().max_body  # characters of a text, bytes of a body
N_CTX = zoo.load("decoder").info()["n_ctx"]
SITE = "decoder.blocks.0.attn"
WORD = " the"  # one token, however often it comes
PREFIX = f'{{"model":"decoder","text":"{CANARY}",'


def trace(**fields):
    return "POST", "/api/trace", {"json": {"model": "decoder", "text": CANARY, **fields}}


def writing(**fields):
    return "POST", "/api/generate", {"json": {"model": "decoder", "text": CANARY, "max_new_tokens": 1, **fields}}


def searching(**fields):
    return "POST", "/api/beams", {"json": {"model": "decoder", "text": CANARY, "max_new_tokens": 1, **fields}}


def raw(content, path="/api/trace", content_type="application/json", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        named["content-type"] = content_type
    return "POST", path, {"content": content.encode() if isinstance(content, str) else content, "headers": named}


def with_headers(**headers):
    return raw(json.dumps(NORMAL), **headers)


def get(path, **headers):
    return "GET", path, {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def without(field):
    return "POST", "/api/trace", {"json": {name: value for name, value in NORMAL.items() if name != field}}


def zero(site=SITE, **more):
    return trace(edits=[{"zero": site, **more}])


def edited(**edit):
    return trace(edits=[edit])


def weight(model="decoder", text=CANARY, **fields):
    edit = {"weight": f"{SITE}.W_q", "row": 0, "column": 0, "value": 1, **fields}
    return trace(model=model, text=text, edits=[edit])


def importance(**fields):
    return "POST", "/api/importance", {"json": {"model": "decoder", "text": CANARY, "position": 0, **fields}}


def gradients(**fields):
    return "POST", "/api/gradients", {"json": {"measure": "distance", **fields}}


def of_network(measure="distance", **fields):
    return gradients(measure=measure, networks=[{"architecture": "transformer", **fields}])


def painted(*cell):
    return trace(mask={"painted": [list(cell)]})


def exchange(port, sent, end=b"}"):
    """What a server answers to these bytes; the request need not be whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        answer = b""
        while not answer.endswith(end):
            part = connection.recv(65_536)
            if not part:
                break
            answer += part
    return answer
