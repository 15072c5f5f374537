"""The server that is asked for what it refuses, and what it answers at other times."""

import pytest
from refusals.requests import NORMAL


@pytest.fixture(scope="session")
def client(serve):
    """A server that remembers nothing: every answer is computed anew."""
    return serve(answer_cache=0, trace_cache=0)


@pytest.fixture(scope="session")
def normal(client):
    client.get("/api/models")  # until they are loaded
    return client.post("/api/trace", json=NORMAL).content
