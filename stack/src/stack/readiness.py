"""Ask the parts whether they are ready."""

from dataclasses import dataclass

import httpx

TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True)
class Readiness:
    """Whether a part is ready, and what it said when it is not."""

    ready: bool
    said: str = ""


def readiness(url: str) -> Readiness:
    """Ask once; no proxy of the environment stands between."""
    try:
        answer = httpx.get(url, timeout=TIMEOUT_SECONDS, trust_env=False)
    except httpx.TimeoutException:
        return Readiness(ready=False, said=f"no answer within {TIMEOUT_SECONDS:.0f} s")
    except httpx.HTTPError as error:
        return Readiness(ready=False, said=str(error) or type(error).__name__)
    if answer.is_success:
        return Readiness(ready=True)
    return Readiness(ready=False, said=f"{answer.status_code} {answer.text[:500].strip()}")
