"""What is refused before it is a request: by its sender, its address, or as no JSON of the API's."""

import json

from refusals.requests import CANARY, LARGEST, NORMAL, PREFIX, get, raw, trace, with_headers

REFUSED = {
    "malformed-json": {
        "no JSON": raw(f"text={CANARY}"),
        "cut off": raw(PREFIX),
        "a comma too many": raw(PREFIX + "}"),
        "two values": raw(PREFIX + '"dtype":"float32"}{}'),
        "single quotes": raw(f"{{'text': '{CANARY}'}}"),
        "30,000 deep": raw("[" * 30_000),
        "30,000 deep and closed": raw("[" * 30_000 + "]" * 30_000),
        "objects 10,000 deep": raw('{"a":' * 10_000),
        "an integer of 5,000 digits": raw(PREFIX + f'"checkpoint":{"9" * 5_000}}}'),
        "bytes that are no UTF-8": raw(b'{"model":"decoder","text":"' + b"\xff\xfe\xc3" + b'"}'),
        "UTF-8 of a surrogate": raw(b'{"model":"decoder","text":"\xed\xa0\x80"}'),
        "an overlong slash": raw(b'{"model":"decoder","text":"\xc0\xaf"}'),
        "UTF-16": raw(json.dumps(NORMAL).encode("utf-16")),
        "UTF-16 without its mark": raw(json.dumps(NORMAL).encode("utf-16-le")),
        "UTF-32": raw(json.dumps(NORMAL).encode("utf-32")),
        "a raw control character": raw(PREFIX + '"dtype":"\x01"}'),
        "whitespace": raw("   \n"),
        "writing": raw("{", "/api/generate"),
    },
    "foreign-host": {
        "another name": get("/", host=f"{CANARY}.example"),
        "a name like ours": get("/api/models", host=f"localhost.{CANARY}.example"),
        "with a body": with_headers(host=f"{CANARY}.example:8000"),
        "static": get("/static/icon.svg", host=f"{CANARY}.example"),
        "health": get("/healthz", host=f"{CANARY}.example"),
        "no name": get("/", host=""),
    },
    "foreign-origin": {
        "another site": with_headers(origin=f"https://{CANARY}.example"),
        "another port": with_headers(origin="http://localhost:1"),
        "a file": with_headers(origin="null"),
        "said by the browser alone": with_headers(sec_fetch_site="cross-site"),
        "a form": raw("text=a", content_type="text/plain", origin=f"https://{CANARY}.example"),
        "nowhere": raw("", f"/{CANARY}", origin=f"https://{CANARY}.example"),
    },
    "not-found": {
        "an address": get(f"/{CANARY}"),
        "deeper": get(f"/api/trace/{CANARY}"),
        "posted": raw("{}", f"/api/{CANARY}"),
        "FastAPI's own pages": get("/redoc"),
        "the static folder": get("/static/"),
        "a folder in it": get("/static/js"),
        "a file that is not there": get(f"/static/{CANARY}"),
        "beside the static folder": get(f"/static-secret/{CANARY}"),
        "out of it": get("/static/../app/api.py"),
        "out of it, encoded": get("/static/%2e%2e/app/api.py"),
        "out of it, slash encoded": get("/static/..%2fapp%2fapi.py"),
        "out of it, encoded twice": get("/static/%252e%252e/app/api.py"),
        "out of it, backwards": get("/static/..%5capp%5capi.py"),
        "an absolute path": get("/static//etc/passwd"),
        "an absolute path, encoded": get("/static/%2fetc%2fpasswd"),
        "a NUL": get("/static/icon.svg%00"),
        "a name too long": get("/static/" + "a" * 5_000),
        "no UTF-8": get("/static/%ff"),
    },
    "method-not-allowed": {
        "GET": get("/api/trace"),
        "DELETE": ("DELETE", "/api/models", {}),
        "POST": raw("{}", "/healthz"),
        "a preflight": ("OPTIONS", "/api/trace", {"headers": {
            "origin": f"https://{CANARY}.example", "access-control-request-method": "POST",
        }}),
        "a word": (CANARY.upper(), "/api/trace", {}),
        "static": raw("{}", "/static/icon.svg"),
    },
    "body-too-large": {
        "a byte too many": raw(json.dumps(NORMAL).ljust(LARGEST + 1)),
        "no JSON at all": raw(CANARY * 50_000, content_type="text/plain"),
        "400,000 characters": trace(text="a" * 400_000),
        "100,000 keys": ("POST", "/api/trace", {"json": {f"{CANARY}{n}": n for n in range(100_000)}}),
        "400,000 deep": raw("[" * 400_000),
        "a length that is no number": with_headers(content_length="many"),
        "a negative length": with_headers(content_length="-1"),
        "a length of 5,000 digits": with_headers(content_length="9" * 5_000),
    },
    "unsupported-type": {
        "none": with_headers(content_type=None),
        "empty": with_headers(content_type=""),
        "text": with_headers(content_type="text/plain"),
        "a form": raw(f"text={CANARY}", content_type="application/x-www-form-urlencoded"),
        "an upload": raw(CANARY, content_type="multipart/form-data; boundary=x"),
        "JSON of another kind": with_headers(content_type="application/ld+json"),
        "two types": with_headers(content_type="application/json, text/plain"),
        "a word": with_headers(content_type=CANARY),
    },
    "unsupported-encoding": {
        encoding: with_headers(content_encoding=encoding) for encoding in ("gzip", "br", "deflate", CANARY, "GZIP")
    },
    "invalid-unicode": {
        "half a character": raw(PREFIX.replace(CANARY, CANARY + "\\ud800") + '"dtype":"float32"}'),
        "the other half": raw('{"model":"decoder","text":"a\\udfffb"}'),
        "the halves in the wrong order": raw('{"model":"decoder","text":"\\ude00\\ud83d"}'),
        "in another field": raw(PREFIX + '"target":"\\ud800"}'),
        "in a name": raw(PREFIX + '"names":["\\ud800"]}'),
        "in a field's name": raw(PREFIX + '"\\ud800":1}'),
        "writing": raw('{"model":"decoder","text":"\\ud800"}', "/api/generate"),
    },
    "not-finite": {
        number: raw(PREFIX + f'"max_new_tokens":1,"temperature":{number}}}', "/api/generate")
        for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + "0" * 400 + ".0")
    } | {
        "where no number belongs": raw(PREFIX + '"mask":NaN}'),
        "in a field that is not known": raw(PREFIX + f'"{CANARY}":[1e999]}}'),
    },
}  # fmt: skip
