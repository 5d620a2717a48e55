"""Calls to peers over a WSGI transport and to addresses where nobody answers."""

import httpx
import pytest

from servicekit import request_id
from servicekit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from servicekit.peer import Peer


def test_a_peer_answers_status_and_body(build):
    peer = Peer("tiny", "http://tiny", 5, transport=httpx.WSGITransport(build()))
    assert peer.post("/things", {"count": 3}).body == {"count": 3}
    assert peer.post("/things", {"count": 9}).status == 409
    assert peer.get("/things", {"limit": "7"}).body == {"count": 7}


def test_the_request_id_is_passed_on(build):
    request_id.accept("passed-on-1")
    peer = Peer("tiny", "http://tiny", 5, transport=httpx.WSGITransport(build()))
    assert peer.post("/things", {"count": 9}).body["request_id"] == "passed-on-1"


def test_a_peer_that_fails_is_502(build):
    transport = httpx.WSGITransport(build(), raise_app_exceptions=False)
    with pytest.raises(UpstreamFailed, match="tiny answered 500"):
        Peer("tiny", "http://tiny", 5, transport=transport).post("/things", {"count": 10})


def test_a_peer_that_is_away_is_503():
    with pytest.raises(Unavailable, match="cannot be reached"):
        Peer("tiny", "http://127.0.0.1:1", 1).post("/things", {"count": 1})


def test_a_peer_that_is_silent_is_504(silent_port):
    with pytest.raises(UpstreamTimeout, match="in time"):
        Peer("tiny", f"http://127.0.0.1:{silent_port}", 0.2).post("/things", {"count": 1})


@pytest.fixture
def silent_port():
    """Listen on a port and never answer."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
