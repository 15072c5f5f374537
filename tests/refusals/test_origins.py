"""Who may ask: the server's own pages under its own names, and no other site."""

import socket

import pytest
from refusals.requests import exchange, with_headers


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:8000", socket.gethostname()])
def test_the_servers_own_names_and_pages_are_served(client, normal, host):
    method, path, sent = with_headers(host=host, origin=f"http://{host}", sec_fetch_site="same-origin")
    assert client.request(method, path, **sent).content == normal


def test_no_site_is_told_that_it_may_read(client):
    for method, headers in (
        ("OPTIONS", {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}),
        ("GET", {}),
        ("POST", {"content-type": "application/json"}),
    ):
        path = "/api/models" if method == "GET" else "/api/trace"
        response = client.request(method, path, headers={"origin": "https://evil.example", **headers})
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_request_of_an_old_browser_without_a_host_is_refused(live):
    answer = exchange(live.port, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert b" 400 " in answer.splitlines()[0]
    assert b"urn:headlight:foreign-host" in answer
