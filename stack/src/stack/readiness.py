"""Ask the parts whether they are ready."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True)
class Readiness:
    """Whether a part is ready, and what it said when it is not."""

    ready: bool
    said: str = ""


def readiness(url: str) -> Readiness:
    """Ask once, without a proxy; plain http.client, because `up` asks hundreds of times."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"{address.path}?{address.query}" if address.query else address.path)
        answer = connection.getresponse()
        text = answer.read(500).decode(errors="replace").strip()
    except TimeoutError:
        return Readiness(ready=False, said=f"no answer within {TIMEOUT_SECONDS:.0f} s")
    except (OSError, http.client.HTTPException) as error:
        return Readiness(ready=False, said=str(error) or type(error).__name__)
    finally:
        connection.close()
    ready = answer.status == http.HTTPStatus.OK
    return Readiness(ready=ready, said="" if ready else f"{answer.status} {text}")
