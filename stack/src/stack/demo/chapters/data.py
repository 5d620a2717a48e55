"""Load the sets to learn and to test with."""

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step, expect

PATH = "/root/simulator"


def load(journey: Journey, set_name: str) -> str:
    """Load one set and say what is in it."""
    loaded = journey.services.simulator.post(PATH, {"set_name": set_name})["data"]
    expect(loaded["samples"] > 0, f"the {set_name} set is empty")
    missing = loaded["missing_values"]
    values = f"{missing} missing values" if missing else "no value missing"
    return f"{loaded['samples']} samples in {len(loaded['classes'])} classes, {values}"


def _training(journey: Journey) -> str:
    return load(journey, "training")


def _testing(journey: Journey) -> str:
    return load(journey, "testing")


def _listed(journey: Journey) -> str:
    sets = {each["dataset"] for each in journey.services.simulator.get(f"{PATH}/datasets")["data"]}
    expect({"training", "testing"} <= sets, f"only these sets are loaded: {sorted(sets)}")
    return ", ".join(sorted(sets))


CHAPTER = Chapter(
    "Data",
    (
        Step("Load the training set", _training),
        Step("Load the testing set", _testing),
        Step("List what is loaded", _listed),
    ),
)
