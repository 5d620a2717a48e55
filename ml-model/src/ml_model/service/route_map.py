"""What is served where at one moment, and which version a request goes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ml_model.service.routing_errors import EndpointNotFound, NothingServed, SeveralVersions, VersionNotFound
from ml_model.serving.assignment import assign

ORDER = ("production", "staging", "testing")
AB_TESTING = "ab_testing"


@dataclass(frozen=True)
class Version:
    """One version of a model; `status` is None while it was given none."""

    algorithm_id: int
    endpoint_id: int
    endpoint: str
    name: str
    version: str
    number: int
    status: str | None
    signature: Mapping[str, Any]
    model_sha256: str
    compiled_sha256: str | None

    @property
    def full_name(self) -> str:
        """Name it where versions of several names stand together."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class ShadowOf:
    """A version that gets copies of so many per cent of the requests."""

    version: Version
    share: float


@dataclass(frozen=True)
class Target:
    """Where a request goes; `purpose` is the status under which the version answers."""

    version: Version
    purpose: str
    abtest_id: int | None = None
    shadows: tuple[ShadowOf, ...] = ()


@dataclass(frozen=True)
class RunningTest:
    """The arms of a test and their shares in per cent."""

    abtest_id: int
    arms: tuple[Version, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Place:
    """One endpoint with its versions, the newest first."""

    name: str
    versions: tuple[Version, ...] = ()
    test: RunningTest | None = None
    shadows: tuple[ShadowOf, ...] = ()

    def select(self, status: str | None, version: str | None, key: str) -> Target:
        """Choose the version that answers.

        Raises:
            NothingServed, VersionNotFound, SeveralVersions
        """
        if version is not None:
            return self._target(self._named(version, status), status)
        if status in (None, AB_TESTING) and self.test is not None:
            return self._assigned(self.test, key)
        return self._only(status)

    def _assigned(self, test: RunningTest, key: str) -> Target:
        arm = assign(test.abtest_id, test.shares, key)
        return Target(test.arms[arm], AB_TESTING, test.abtest_id, self.shadows)

    def _named(self, version: str, status: str | None) -> Version:
        found = [each for each in self.versions if version in (each.version, each.full_name)]
        found = [each for each in found if status in (None, each.status)]
        if not found:
            raise VersionNotFound(self.name, version, status, [each.full_name for each in self.versions])
        return self._one(found, status)

    def _only(self, status: str | None) -> Target:
        for wanted in ORDER if status is None else (status,):
            found = [each for each in self.versions if each.status == wanted]
            if found:
                return self._target(self._one(found, wanted), wanted)
        raise NothingServed(self.name, status, {each.full_name: each.status for each in self.versions})

    def _one(self, found: list[Version], status: str | None) -> Version:
        if len(found) > 1:
            raise SeveralVersions(self.name, status, [each.full_name for each in found])
        return found[0]

    def _target(self, version: Version, status: str | None) -> Target:
        return Target(version, status or version.status or "testing", None, self.shadows)


@dataclass(frozen=True)
class RouteMap:
    """Every endpoint by its name."""

    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, endpoint: str) -> Place:
        """Find an endpoint.

        Raises:
            EndpointNotFound
        """
        found = self.places.get(endpoint)
        if found is None:
            raise EndpointNotFound(endpoint, list(self.places))
        return found


def route_map(
    endpoints: Iterable[str], versions: Iterable[Version], tests: Iterable[Any], shadows: Iterable[Any]
) -> RouteMap:
    """Put rows together: arms as (endpoint_id, abtest_id, algorithm_id, share), shadows without the test."""
    by_id = {version.algorithm_id: version for version in versions}
    arms: dict[str, list[Any]] = {}
    for row in tests:
        arms.setdefault(by_id[row.algorithm_id].endpoint, []).append(row)
    copies: dict[str, list[ShadowOf]] = {}
    for row in shadows:
        version = by_id[row.algorithm_id]
        copies.setdefault(version.endpoint, []).append(ShadowOf(version, row.share))
    at: dict[str, list[Version]] = {name: [] for name in endpoints}
    for version in by_id.values():
        at.setdefault(version.endpoint, []).append(version)
    return RouteMap(
        {
            name: Place(name, tuple(found), _test(arms.get(name, []), by_id), tuple(copies.get(name, ())))
            for name, found in at.items()
        }
    )


def _test(arms: list[Any], versions: Mapping[int, Version]) -> RunningTest | None:
    if not arms:
        return None
    return RunningTest(
        arms[0].abtest_id,
        tuple(versions[arm.algorithm_id] for arm in arms),
        tuple(arm.share for arm in arms),
    )
