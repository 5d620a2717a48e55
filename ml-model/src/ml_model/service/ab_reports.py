"""What an A/B test looks like now: its arms in numbers, and the verdict."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from ml_model.persistence.model.ab_test_record import ABTestRecord, ArmRecord, ArmSums
from ml_model.persistence.repository.ab_test_counts import ABTestCounts
from ml_model.serving.arm_counts import ArmCounts, Clusters
from ml_model.serving.verdict import Comparison, Rules, Verdict, judge
from servicekit.database import AnySession

_RULES = {field.name for field in fields(Rules)}


def report(session: AnySession, test: ABTestRecord, arms: Sequence[ArmRecord]) -> dict[str, Any]:
    """Count and judge a test, as a document that can be kept."""
    sums = ABTestCounts(session).of(test.abtest_id)
    control = test.rules["control"]
    ordered = sorted(arms, key=lambda arm: (arm.algorithm_id != control, arm.position))
    counts = [_counts(arm, sums.get(arm.algorithm_id)) for arm in ordered]
    verdict = judge(counts, Rules(**{name: test.rules[name] for name in _RULES & test.rules.keys()}))
    by_position = sorted(zip(ordered, counts, strict=True), key=lambda pair: pair[0].position)
    return {
        "arms": [_arm(arm, found, is_control=arm.algorithm_id == control) for arm, found in by_position],
        "verdict": _verdict(verdict, [arm.algorithm_id for arm in ordered]),
    }


def _counts(arm: ArmRecord, sums: ArmSums | None) -> ArmCounts:
    if sums is None:
        return ArmCounts(arm.full_name, arm.share)
    return ArmCounts(
        name=arm.full_name,
        share=arm.share,
        requests=sums.requests,
        units=sums.alone + sums.subjects,
        errors=sums.errors,
        p50_ms=sums.p50_ms,
        p99_ms=sums.p99_ms,
        feedback=Clusters.single(sums.alone_labelled, sums.alone_correct) + Clusters(*sums.subject_sums),
    )


def _arm(arm: ArmRecord, found: ArmCounts, *, is_control: bool) -> dict[str, Any]:
    interval = found.interval
    return {
        "mlalgorithm": arm.algorithm_id,
        "name": arm.name,
        "version": arm.version,
        "control": is_control,
        "share": arm.share,
        "requests": found.requests,
        "units": found.units,
        "feedback": found.feedback.trials,
        "feedback_share": found.feedback_share,
        "correct": found.feedback.hits,
        "accuracy": found.accuracy,
        "accuracy_interval": interval and {"lower": interval[0], "upper": interval[1]},
        "errors": found.errors,
        "error_share": found.error_share,
        "latency_p50_ms": found.p50_ms,
        "latency_p99_ms": found.p99_ms,
    }


def _verdict(verdict: Verdict, algorithm_ids: Sequence[int]) -> dict[str, Any]:
    return {
        "decision": verdict.decision,
        "winner": None if verdict.winner is None else algorithm_ids[verdict.winner],
        "summary": verdict.summary,
        "reasons": list(verdict.reasons),
        "cautions": list(verdict.cautions),
        "comparisons": [_comparison(each, algorithm_ids) for each in verdict.comparisons],
        "sample_ratio_p": verdict.sample_ratio_p,
    }


def _comparison(found: Comparison, algorithm_ids: Sequence[int]) -> dict[str, Any]:
    return {
        "challenger": algorithm_ids[found.challenger],
        "control": algorithm_ids[0],
        "difference": found.difference,
        "lower": found.lower,
        "upper": found.upper,
        "confidence": 1 - found.alpha,
    }
