"""Let Evidently judge production against the testing set."""

from typing import Any

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step, expect

PATH = "/root/monitoring"
GROUPS = (
    "data_drift",
    "data_quality",
    "data_stability",
    "no_target_performance",
    "multi_class_classification",
)


def _ask(journey: Journey, metric: str, **more: Any) -> dict[str, Any]:
    message: dict[str, Any] = journey.services.monitoring.post(PATH, {"metric": metric, **more})["message"]
    return message


def _report(journey: Journey) -> str:
    return f"{len(_ask(journey, 'report')['metrics'])} metrics measured"


def _tests(journey: Journey) -> str:
    tests = _ask(journey, "tests")["tests"]
    expect(len(tests) > 0, "no test was run")
    return f"{len(tests)} tests run"


def _summary(journey: Journey) -> str:
    journey.summary = _ask(journey, "summary", tests=dict.fromkeys(GROUPS, True))
    return f"{journey.summary['success_tests']} passed, {journey.summary['failed_tests']} failed"


CHAPTER = Chapter(
    "Monitoring",
    (
        Step("Report on production", _report),
        Step("Test production", _tests),
        Step("Sum the tests up", _summary),
    ),
)
