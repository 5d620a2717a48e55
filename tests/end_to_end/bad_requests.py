"""Bad requests, and what must be true of every answer to one."""

from dataclasses import dataclass, field


def check(response, status, mentions=""):
    assert response.status_code == status, response.text[:2000]
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"error", "message", "request_id", "details"}
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["error"]
    assert body["message"]
    assert isinstance(body["details"], list)
    assert mentions.lower() in response.text.lower(), response.text
    for inside in ("Traceback", "psycopg2", "sqlalchemy", ".py"):
        assert inside not in response.text


def raw(text, content_type="application/json"):
    return {"content": text.encode(), "headers": {"Content-Type": content_type}}


@dataclass(frozen=True)
class Bad:
    """One bad request and what must be answered."""

    name: str
    service: str
    method: str
    path: str
    status: int
    mentions: str = ""
    body: dict | None = None
    query: dict = field(default_factory=dict)
