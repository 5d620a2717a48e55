"""Two versions share the traffic until one is proven better."""

from collections.abc import Mapping
from typing import Any

from stack.demo.chapters.first_version import OWNER, register
from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step, expect
from stack.demo.wines import Wine, wines

PARTS = 3
# Wine has few rows; a real test keeps the defaults.
RULES = {"minimum_sample": 50, "tightest_at": 178}
_TESTS = "/api/v1/abtests"


class _Test:
    """A test, and the wines that are still to be sent."""

    def __init__(self) -> None:
        self._wines: list[Wine] = []
        self._part = 0
        self._path = ""

    def register(self, journey: Journey) -> str:
        version = register(journey, journey.best_model, "staging")
        runtime = version["runtime"]
        return f"{version['name']}:{version['version']}, answered by {runtime['engine']}"

    def begin(self, journey: Journey) -> str:
        service = journey.services.ml_model
        listed = service.get("/api/v1/mlalgorithms", {"endpoint": journey.endpoint})["mlalgorithms"]
        body = {
            "title": "Is the tuned model better?",
            "created_by": OWNER,
            "arms": [{"mlalgorithm": version["id"]} for version in reversed(listed)],
            "rules": RULES,
        }
        test = service.post(_TESTS, body, repeatable=False)
        self._wines = wines()
        self._part = -(-len(self._wines) // PARTS)
        self._path = f"{_TESTS}/{test['id']}"
        return " and ".join(f"{_name(arm)} {arm['share']:.0f} %" for arm in test["arms"])

    def send(self, journey: Journey) -> str:
        sent, self._wines = self._wines[: self._part], self._wines[self._part :]
        truths = [_told(journey, wine) for wine in sent]
        kept = journey.services.ml_model.post("/api/v1/feedback", truths)["kept"]
        expect(kept == len(sent), f"only {kept} of {len(sent)} true classes were kept")
        report = journey.services.ml_model.get(self._path)["report"]
        counts = ", ".join(f"{_name(arm)} {arm['correct']} of {arm['feedback']}" for arm in report["arms"])
        return f"right: {counts}; {report['verdict']['decision']}"

    def stop(self, journey: Journey) -> str:
        number = self._path.rpartition("/")[2]
        journey.ab_test = journey.services.ml_model.post(f"/api/v1/stop_ab_test/{number}", {})
        expect(journey.ab_test["status"] == "ended", "the test has not ended")
        statuses = journey.ab_test["report"]["outcome"]["statuses"]
        arms = journey.ab_test["report"]["arms"]
        return ", ".join(f"{_name(arm)} is in {statuses[str(arm['mlalgorithm'])]}" for arm in arms)


def _told(journey: Journey, wine: Wine) -> dict[str, Any]:
    """Have a wine predicted and say what it really is."""
    answer = journey.services.ml_model.post(
        f"/api/v1/{journey.endpoint}/predict",
        wine.features(journey.features),
        query={"subject": wine.bottle},
        repeatable=False,
    )
    return {"request_id": answer["request_id"], "feedback": wine.cultivar}


def _name(arm: Mapping[str, Any]) -> str:
    return f"{arm['name']}:{arm['version']}"


def chapter() -> Chapter:
    """Return the chapter with a memory of its own."""
    test = _Test()
    parts = ("Send a third of the wines, and the truth", "Send the second third", "Send the rest")
    return Chapter(
        "A/B test",
        (
            Step("Register the deployed model beside it", test.register),
            Step("Let both share the traffic", test.begin),
            *(Step(title, test.send) for title in parts),
            Step("Stop the test", test.stop),
        ),
    )
