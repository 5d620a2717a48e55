"""Requests that no version answers."""

from collections.abc import Mapping, Sequence

from servicekit.errors import Conflict, Invalid, NotFound

MOST_LISTED = 20


class EndpointNotFound(NotFound):
    """There is no endpoint of this name."""

    error = "Endpoint not found"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no endpoint {name[:100]!r}; {_listed('endpoints', known)}.")


class VersionNotFound(NotFound):
    """The endpoint has no such version, or not in this status."""

    error = "Version not found"

    def __init__(self, endpoint: str, version: str, status: str | None, known: Sequence[str]) -> None:
        in_status = f" in {status}" if status else ""
        super().__init__(
            f"The endpoint {endpoint} has no version {version[:100]!r}{in_status}; "
            f"{_listed('versions', known)}."
        )


class SeveralVersions(Invalid):
    """More than one version fits, and none was named."""

    error = "Several versions"

    def __init__(self, endpoint: str, status: str | None, found: Sequence[str]) -> None:
        where = f" in {status}" if status else ""
        super().__init__(
            f"The endpoint {endpoint} has {len(found)} versions{where}; choose one with ?version=: "
            f"{', '.join(found[:MOST_LISTED])}.",
            [{"version": name} for name in found[:MOST_LISTED]],
        )


class NothingServed(Conflict):
    """No version of the endpoint has the status."""

    error = "Nothing served"

    def __init__(self, endpoint: str, status: str | None, statuses: Mapping[str, str | None]) -> None:
        known = ", ".join(
            f"{name} ({given or 'no status'})" for name, given in list(statuses.items())[:MOST_LISTED]
        )
        super().__init__(
            f"The endpoint {endpoint} has no version in {status or 'any status'}; "
            f"set one with POST /api/v1/mlalgorithmstatuses: {known or 'register a version first'}."
        )


def _listed(what: str, names: Sequence[str]) -> str:
    if not names:
        return f"there are no {what} yet: POST /api/v1/mlalgorithms registers one"
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"the {what} are: {', '.join(names[:MOST_LISTED])}{more}"
