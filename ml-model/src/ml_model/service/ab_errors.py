"""What can be wrong with a request about A/B tests and shadows."""

from collections.abc import Mapping, Sequence

from servicekit.errors import Conflict, Invalid, NotFound

ABTESTS = "GET /api/v1/abtests"
SHADOWS = "GET /api/v1/shadows"
VERSIONS = "GET /api/v1/mlalgorithms"


class ABTestNotFound(NotFound):
    """No test has this id."""

    error = "A/B test not found"

    def __init__(self, abtest_id: str) -> None:
        super().__init__(
            f"There is no A/B test {abtest_id[:100]!r}; {ABTESTS} lists the ones that there are."
        )


class ShadowNotFound(NotFound):
    """No shadow has this id."""

    error = "Shadow not found"

    def __init__(self, shadow_id: str) -> None:
        super().__init__(f"There is no shadow {shadow_id[:100]!r}; {SHADOWS} lists the ones that there are.")


class UnknownVersions(NotFound):
    """No versions have these ids."""

    error = "Algorithm not found"

    def __init__(self, algorithm_ids: Sequence[int]) -> None:
        details = [{"mlalgorithm": algorithm_id, "reason": "is not there"} for algorithm_id in algorithm_ids]
        listed = ", ".join(str(each) for each in algorithm_ids)
        super().__init__(f"There is no version with id {listed}; {VERSIONS} lists the versions.", details)


class ArmsOfSeveralEndpoints(Conflict):
    """The arms do not answer at one address."""

    error = "Arms of several endpoints"

    def __init__(self, endpoints: Mapping[int, str]) -> None:
        details = [{"mlalgorithm": each, "endpoint": endpoint} for each, endpoint in endpoints.items()]
        listed = ", ".join(sorted(set(endpoints.values())))
        super().__init__(f"All arms must be of one endpoint; these are of {listed}.", details)


class ArmsOfSeveralInputs(Conflict):
    """The arms take different features, so no request fits both."""

    error = "Arms take different inputs"

    def __init__(self, first: str, other: str, features: Sequence[str]) -> None:
        details = [{"field": name, "reason": "is taken by one of the two only"} for name in features[:50]]
        super().__init__(
            f"{first} and {other} take different features, so no request would fit both: "
            f"{', '.join(features[:10])}.",
            details,
        )


class ControlIsNoArm(Invalid):
    """The control that was named does not take part."""

    error = "Control is no arm"

    def __init__(self, control: int) -> None:
        super().__init__(f"`control` {control} is none of the arms.", [{"field": "control"}])


class ABTestRuns(Conflict):
    """The endpoint has a test that has not ended."""

    error = "A/B test is running"

    def __init__(self, endpoint: str, abtest_id: int) -> None:
        super().__init__(
            f"{endpoint} has A/B test {abtest_id} running, and one at a time can; "
            f"POST /api/v1/stop_ab_test/{abtest_id} ends it.",
            [{"abtest": abtest_id, "endpoint": endpoint}],
        )


class ABTestEndedOtherwise(Conflict):
    """The test was stopped already, and decided in another way."""

    error = "A/B test has ended"

    def __init__(self, abtest_id: int, decided: str) -> None:
        super().__init__(
            f"A/B test {abtest_id} has ended and was decided by {decided}; that is not undone. "
            f"GET /api/v1/abtests/{abtest_id} tells what came of it."
        )


class ShadowRuns(Conflict):
    """The version is in the shadow already, with another share."""

    error = "Shadow is running"

    def __init__(self, name: str, shadow_id: int, share: float) -> None:
        super().__init__(
            f"{name} is in the shadow already, with {share:g} % of the requests; "
            f"POST /api/v1/stop_shadow/{shadow_id} ends that.",
            [{"shadow": shadow_id, "share": share}],
        )
