import asyncio
import itertools
import json
import socket

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from app.gate import Gate
from app.refusals import Refusal
from app.settings import Settings

OWN = socket.gethostname()


async def unreachable(scope, receive, send):
    raise AssertionError("the gate let it pass")


def gate(app=unreachable, **settings):
    return Gate(app, Settings(**settings))


def refused(check, **headers):
    try:
        check(Headers({name.replace("_", "-"): value for name, value in headers.items()}))
    except Refusal as refusal:
        return refusal.slug
    return None


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:8000", "LocalHost:8000", "127.0.0.1", "127.0.0.1:8000", "192.168.1.20:8000",
        "[::1]", "[::1]:8000", "[fe80::1]:80", OWN, f"{OWN}:8000", f"{OWN}.local", OWN.upper(),
    ],
)  # fmt: skip
def test_the_servers_own_names_and_every_address_are_let_in(host):
    assert refused(gate().check_host, host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "evil.example:8000", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example",
        "localhost:", "localhost:http", "localhost:123456", "localhost:80:80", "user@localhost", "localhost/x",
        "localhost,evil.example", " localhost", "localhost\x00", "::1", "[::1", "[localhost]", "2130706433",
        "headlight.example.org", "*", "ｌｏｃａｌｈｏｓｔ", "127.0.0.1 evil.example",
    ],
)  # fmt: skip
def test_every_other_name_is_foreign(host):
    # as ASGI has headers: bytes, which starlette reads as latin-1
    headers = Headers(raw=[(b"host", host.encode())])
    with pytest.raises(Refusal, match="foreign-host"):
        gate().check_host(headers)


def test_a_request_without_a_host_is_foreign():
    assert refused(gate().check_host) == "foreign-host"


def test_names_that_the_operator_gives_are_let_in_and_no_others():
    check = gate(hosts=["Headlight.example.org"]).check_host
    assert refused(check, host="headlight.example.org:443") is None
    assert refused(check, host="HEADLIGHT.EXAMPLE.ORG") is None
    assert refused(check, host="example.org") == "foreign-host"
    assert refused(check, host="www.headlight.example.org") == "foreign-host"
    assert refused(gate(host="10.0.0.7").check_host, host="10.0.0.7:8000") is None
    assert refused(gate(host="lab.example").check_host, host="lab.example:8000") is None


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": ""}, {}])
def test_a_star_admits_every_name(headers):
    assert refused(gate(hosts=["*"]).check_host, **headers) is None


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({}, None),  # curl and scripts
        ({"sec_fetch_site": "none"}, None),  # typed by the user
        ({"sec_fetch_site": "same-origin"}, None),
        ({"sec_fetch_site": "same-site"}, "foreign-origin"),
        ({"sec_fetch_site": "cross-site"}, "foreign-origin"),
        ({"origin": "http://localhost:8000"}, None),
        ({"origin": "https://localhost:8000"}, None),  # TLS ends at a proxy
        ({"origin": "HTTP://LOCALHOST:8000"}, None),
        ({"origin": "http://localhost:8000", "sec_fetch_site": "cross-site"}, None),
        ({"origin": "http://localhost:9000"}, "foreign-origin"),
        ({"origin": "http://localhost"}, "foreign-origin"),
        ({"origin": "http://127.0.0.1:8000"}, "foreign-origin"),
        ({"origin": "https://evil.example"}, "foreign-origin"),
        ({"origin": "https://evil.example", "sec_fetch_site": "same-origin"}, "foreign-origin"),
        ({"origin": "http://localhost:8000.evil.example"}, "foreign-origin"),
        ({"origin": "http://evil.example/localhost:8000"}, "foreign-origin"),
        ({"origin": "http://localhost:8000@evil.example"}, "foreign-origin"),
        ({"origin": "null"}, "foreign-origin"),
        ({"origin": ""}, "foreign-origin"),
        ({"origin": "localhost:8000"}, "foreign-origin"),
    ],
)
def test_only_the_servers_own_pages_may_post(headers, slug):
    assert refused(gate().check_origin, host="localhost:8000", **headers) == slug


def test_a_page_under_a_trusted_name_may_post_under_any_other_name_of_the_server():
    check = gate(hosts=["headlight.example.org"]).check_origin
    assert refused(check, host="10.0.0.7:8000", origin="https://headlight.example.org") is None
    assert refused(check, host="10.0.0.7:8000", origin="https://other.example.org") == "foreign-origin"


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {}])
def test_a_server_that_admits_every_name_still_refuses_other_sites(headers):
    assert refused(gate(hosts=["*"]).check_origin, origin="http://localhost", **headers) == "foreign-origin"


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({}, None),
        ({"content_encoding": "identity"}, None),
        ({"content_encoding": "gzip"}, "unsupported-encoding"),
        ({"content_encoding": "br"}, "unsupported-encoding"),
        ({"content_encoding": "identity, gzip"}, "unsupported-encoding"),
        ({"content_encoding": ""}, "unsupported-encoding"),
        ({"content_length": "0"}, None),
        ({"content_length": "327680"}, None),
        ({"content_length": "327681"}, "body-too-large"),
        ({"content_length": "9" * 5000}, "body-too-large"),
        ({"content_length": "-1"}, "body-too-large"),
        ({"content_length": "1e3"}, "body-too-large"),
        ({"content_length": ""}, "body-too-large"),
    ],
)
def test_a_body_is_judged_by_its_headers_first(headers, slug):
    assert refused(gate().check_body, **headers) == slug


class Wire:
    """One request to an ASGI application, part by part. `taken` parts have been asked for."""

    def __init__(self, parts, method="POST", **headers):
        headers = {"host": "localhost", **headers}
        self.scope = {
            "type": "http", "method": method, "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "",
            "scheme": "http", "http_version": "1.1", "state": {"id": "0"},
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        self.parts, self.taken, self.sent = iter(parts), 0, []

    async def receive(self):
        part = next(self.parts, None)
        if part is None:
            await asyncio.sleep(3600)  # a client that sends nothing more
        self.taken += 1
        return part

    async def send(self, message):
        self.sent.append(message)

    def through(self, app):
        asyncio.run(app(self.scope, self.receive, self.send))
        return self.sent[0]["status"], b"".join(message.get("body", b"") for message in self.sent)

    def slug(self, app):
        status, body = self.through(app)
        problem = json.loads(body)
        assert problem["status"] == status
        return problem["type"].removeprefix("urn:headlight:")


def part(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


async def echo(scope, receive, send):
    """Answers with what it received, twice: the body, and what comes after it."""
    first, second = await receive(), await receive()
    text = json.dumps([first["body"].decode(), first["more_body"], second["type"]])
    await PlainTextResponse(text)(scope, receive, send)


def test_the_application_gets_the_body_in_one_piece_and_then_the_disconnect():
    wire = Wire([part(b"ab"), part(b""), part(b"cd", False), {"type": "http.disconnect"}])
    status, body = wire.through(gate(echo))
    assert (status, json.loads(body)) == (200, ["abcd", False, "http.disconnect"])


def test_a_body_of_exactly_the_limit_passes():
    wire = Wire([part(b"a" * 1024), part(b"b" * 1024, False), {"type": "http.disconnect"}])
    status, body = wire.through(gate(echo, max_body=2048))
    assert (status, len(json.loads(body)[0])) == (200, 2048)


def test_a_body_without_an_end_is_read_to_the_limit_and_no_further():
    wire = Wire(part(b"sixsix") for _ in itertools.count())
    assert wire.slug(gate(max_body=1024)) == "body-too-large"
    assert wire.taken == 1024 // 6 + 1


def test_a_body_longer_than_it_said_is_still_too_large():
    wire = Wire([part(b"a" * 2000, False)], content_length="10")
    assert wire.slug(gate(max_body=1024)) == "body-too-large"


def test_what_the_headers_refuse_is_not_read_at_all():
    for headers in ({"content_length": "1025"}, {"content_encoding": "gzip"}, {"origin": "http://evil.example"}):
        wire = Wire([part(b"a")], **headers)
        wire.slug(gate(max_body=1024))
        assert wire.taken == 0


@pytest.mark.parametrize("begun", [[], [part(b"{")]])
def test_a_client_that_does_not_finish_its_body_is_refused(begun):
    wire = Wire(begun)
    assert wire.slug(gate(body_deadline=0.02)) == "slow-body"


def test_other_methods_than_get_are_guarded():
    for method in ("POST", "PUT", "PATCH", "DELETE", "ANYTHING"):
        assert Wire([], method, origin="http://evil.example").slug(gate()) == "foreign-origin"


def test_a_get_is_let_through_from_other_sites_but_not_under_other_names():
    async def ok(scope, receive, send):
        await PlainTextResponse("ok")(scope, receive, send)

    assert Wire([], "GET", origin="http://evil.example").through(gate(ok)) == (200, b"ok")
    assert Wire([], "GET", host="evil.example").slug(gate(ok)) == "foreign-host"
