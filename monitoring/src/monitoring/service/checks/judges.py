"""What is expected of a measured figure, most often against the reference."""

import math
from typing import Any

from monitoring.service.checks.check import Finding, Judge
from monitoring.service.measurement import Measured, MetricFailed
from monitoring.service.thresholds import LABEL_DROP_FACTOR, LEAST_EXPECTED, RELATIVE_TOLERANCE

MOST_NAMED = 10


def no_drift(measured: Measured) -> list[Finding]:
    """Take over Evidently's own decision on one column's drift."""
    score = finite(measured.value, "the drift score")
    passed = measured.status == "SUCCESS"
    method, threshold = measured.settings["method"], measured.settings["threshold"]
    said = "no drift" if passed else "drift"
    return [Finding(passed, f"{said}: {method} is {score:.4g}, the threshold is {threshold:g}")]


def few_drifted(features: int) -> Judge:
    """Take over Evidently's own decision on the set's drift, made from the share of drifted features."""

    def judge(measured: Measured) -> list[Finding]:
        count, share = measured.value["count"], measured.value["share"]
        allowed = measured.settings["drift_share"]
        text = (
            f"{count:.0f} of {features} features drifted ({share:.1%}); less than {allowed:.1%} is expected"
        )
        return [Finding(measured.status == "SUCCESS", text)]

    return judge


def share_at_most_reference(what: str, current_size: int, reference_size: int) -> Judge:
    """Expect a count, as a share of the size, to be at most a tenth above the reference's."""

    def judge(measured: Measured) -> list[Finding]:
        count, before = plain_count(measured.value), plain_count(measured.reference)
        share, known = count / current_size, before / reference_size
        text = f"{what}: {count:.0f} ({share:.2%}); in the reference {before:.0f} ({known:.2%})"
        return [Finding(share <= known * (1 + RELATIVE_TOLERANCE), text)]

    return judge


def at_most_reference(what: str) -> Judge:
    """Expect a count to be at most the reference's."""

    def judge(measured: Measured) -> list[Finding]:
        count, before = plain_count(measured.value), plain_count(measured.reference)
        return [Finding(count <= before, f"{what}: {count:.0f}; in the reference {before:.0f}")]

    return judge


def share_at_most(what: str, limit: float) -> Judge:
    """Expect a share to be at most a fixed limit."""

    def judge(measured: Measured) -> list[Finding]:
        count, share = measured.value["count"], finite(measured.value["share"], "the share")
        text = f"values {what}: {count:.0f} ({share:.2%}); at most {limit:.0%} is expected"
        return [Finding(share <= limit, text)]

    return judge


def near_reference(tolerance: float) -> Judge:
    """Expect a figure within the tolerance around the reference's."""

    def judge(measured: Measured) -> list[Finding]:
        value, before = (
            finite(measured.value, "the figure"),
            finite(measured.reference, "the reference's figure"),
        )
        text = f"{value:.6g}; {before:.6g} ± {tolerance:.3g} is expected"
        return [Finding(abs(value - before) <= tolerance, text)]

    return judge


def no_worse(drop: float, smaller_is_better: bool = False) -> Judge:
    """Expect a score that is worse than the reference's by at most `drop`, a share of it."""

    def judge(measured: Measured) -> list[Finding]:
        value, before = (
            finite(measured.value, "the score"),
            finite(measured.reference, "the reference's score"),
        )
        return [_score_finding((value, before), drop, smaller_is_better)]

    return judge


def no_class_worse(drop: float) -> Judge:
    """Expect the same of each class that occurs in both sets."""

    def judge(measured: Measured) -> list[Finding]:
        both = [label for label in measured.value if label in measured.reference]
        scores = {label: (measured.value[label], measured.reference[label]) for label in both}
        return [
            _score_finding(pair, drop * LABEL_DROP_FACTOR, label=str(label)) for label, pair in scores.items()
        ]

    return judge


def none_vanished(current_size: int, reference_size: int) -> Judge:
    """Expect each value that is common in the reference to occur in the current set."""

    def judge(measured: Measured) -> list[Finding]:
        counts, before = measured.value["counts"], measured.reference["counts"]
        expected = {label: count / reference_size * current_size for label, count in before.items()}
        gone = [
            str(label)
            for label, count in expected.items()
            if count >= LEAST_EXPECTED and not counts.get(label)
        ]
        seen = sum(1 for count in counts.values() if count)
        text = f"different values: {seen}" + (f"; gone since the reference: {listed(gone)}" if gone else "")
        return [Finding(not gone, text)]

    return judge


def listed(names: list[str]) -> str:
    """Name the first few and count the rest."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def finite(figure: Any, what: str) -> float:
    """Return the figure, or raise MetricFailed where it is not a number."""
    if figure is None or not math.isfinite(figure):
        raise MetricFailed(f"{what} is not a number")
    return float(figure)


def plain_count(value: Any) -> float:
    """Return a count that comes alone or together with its share."""
    return finite(value["count"] if isinstance(value, dict) else value, "the count")


def _score_finding(
    pair: tuple[float, float], drop: float, smaller_is_better: bool = False, label: str | None = None
) -> Finding:
    value, before = pair
    margin = drop * abs(before)
    bound = before + margin if smaller_is_better else before - margin
    passed = value <= bound if smaller_is_better else value >= bound
    word = "at most" if smaller_is_better else "at least"
    return Finding(
        passed, f"{value:.4f}; in the reference {before:.4f}, {word} {bound:.4f} is expected", label
    )
