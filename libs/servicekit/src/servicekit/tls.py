"""What outgoing calls trust."""

import ssl
from functools import cache

import httpx


@cache
def client_context() -> ssl.SSLContext:
    """Return the context of outgoing calls, made once: reading its certificates takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)
