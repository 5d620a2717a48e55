"""What an A/B test says so far: promote, keep, inconclusive or invalid, and why in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ml_model.serving.arm_counts import ArmCounts
from ml_model.serving.proportions import same_share_p, sample_ratio_p
from ml_model.serving.sequential import difference_margin, difference_variance

Decision = Literal["promote", "keep", "inconclusive", "invalid"]

LEAST_P = 0.001
LEAST_FOR_P99 = 500
"""Requests of each arm; below, p99 is the time of the slowest few."""

CONTROL = 0


@dataclass(frozen=True)
class Rules:
    """What a verdict is judged by.

    Args:
        alpha: how often at most a difference is claimed where there is none, over all looks and challengers.
        minimum_sample: units with feedback that each arm needs.
        tightest_at: units with feedback of two arms at which the comparison is sharpest.
        max_error_share: share of errors up to which a challenger may be promoted, if the control has fewer.
        max_p99_ratio: how many times the control's p99 a challenger's may be.
        ignored_p99_ms: milliseconds by which a p99 may be longer whatever the ratio.
    """

    alpha: float = 0.05
    minimum_sample: int = 100
    tightest_at: int = 2000
    max_error_share: float = 0.01
    max_p99_ratio: float = 2.0
    ignored_p99_ms: float = 5.0


@dataclass(frozen=True)
class Comparison:
    """A challenger against the control; the bounds hold however often one looks."""

    challenger: int
    difference: float
    lower: float
    upper: float
    alpha: float

    @property
    def is_better(self) -> bool:
        """Tell whether the challenger is proven better."""
        return self.lower > 0

    @property
    def is_worse(self) -> bool:
        """Tell whether the challenger is proven worse."""
        return self.upper < 0


@dataclass(frozen=True)
class Verdict:
    """A decision; `winner` is the arm to promote. Cautions do not change it but should be read."""

    decision: Decision
    summary: str
    reasons: tuple[str, ...]
    cautions: tuple[str, ...] = ()
    winner: int | None = None
    comparisons: tuple[Comparison, ...] = ()
    sample_ratio_p: float | None = None


def judge(arms: Sequence[ArmCounts], rules: Rules) -> Verdict:
    """Judge a test; the first arm is the control, the others are its challengers."""
    ratio_p = sample_ratio_p([arm.units for arm in arms], [arm.share for arm in arms])
    cautions = tuple(_cautions(arms, ratio_p))
    if ratio_p is not None and ratio_p < LEAST_P:
        text = "The arms did not get the traffic that they should; find out why before you trust any number."
        return Verdict("invalid", text, (_mismatch(arms, ratio_p),), cautions, sample_ratio_p=ratio_p)
    broken = {index: tuple(_broken(arms, index, rules)) for index in range(1, len(arms))}
    lacking = tuple(_lacking(arms, rules))
    comparisons = () if lacking else tuple(_compare(arms, index, rules) for index in range(1, len(arms)))
    decision, summary, winner = _decide(arms, comparisons, broken)
    told = (_told(arms, each) for each in comparisons)
    reasons = (*lacking, *told, *(text for texts in broken.values() for text in texts))
    return Verdict(decision, summary, reasons, cautions, winner, comparisons, ratio_p)


def _decide(
    arms: Sequence[ArmCounts], comparisons: Sequence[Comparison], broken: dict[int, tuple[str, ...]]
) -> tuple[Decision, str, int | None]:
    control = arms[CONTROL].name
    allowed = [each for each in comparisons if each.is_better and not broken[each.challenger]]
    if allowed:
        best = max(allowed, key=lambda each: each.difference)
        return "promote", f"{arms[best.challenger].name} is better than {control}.", best.challenger
    refused = {index for index, texts in broken.items() if texts}
    worse = {each.challenger for each in comparisons if each.is_worse}
    if len(refused | worse) == len(arms) - 1:
        text = "is worse" if not refused else "is worse or breaks a limit"
        return "keep", f"Keep {control}: every challenger {text}.", None
    if not comparisons:
        return "inconclusive", "It is too early to say: there is too little to compare.", None
    return "inconclusive", "It is too early to say, or there is no difference that matters here.", None


def _compare(arms: Sequence[ArmCounts], index: int, rules: Rules) -> Comparison:
    control, challenger = arms[CONTROL], arms[index]
    alpha = rules.alpha / (len(arms) - 1)
    difference = (challenger.accuracy or 0.0) - (control.accuracy or 0.0)
    one, other = control.feedback, challenger.feedback
    variance = difference_variance(
        (control.variance, challenger.variance), (one.hits, other.hits), (one.trials, other.trials)
    )
    half = float(difference_margin(variance, (one.units, other.units), alpha, rules.tightest_at))
    return Comparison(index, difference, max(-1.0, difference - half), min(1.0, difference + half), alpha)


def _told(arms: Sequence[ArmCounts], found: Comparison) -> str:
    control, challenger = arms[CONTROL], arms[found.challenger]
    if found.is_better:
        judged = "which is above 0: it is better"
    else:
        judged = "which is below 0: it is worse" if found.is_worse else "which contains 0: nothing is proven"
    return (
        f"{challenger.name} was right in {_hits(challenger)}, {control.name} in {_hits(control)}: "
        f"a difference of {_points(found.difference)} percentage points, between {_points(found.lower)} and "
        f"{_points(found.upper)} at {100 * (1 - found.alpha):g} % confidence over all looks, {judged}."
    )


def _lacking(arms: Sequence[ArmCounts], rules: Rules) -> Iterator[str]:
    if not any(arm.requests for arm in arms):
        yield "No arm had a request yet."
        return
    for arm in arms:
        found, wanted = arm.feedback, rules.minimum_sample
        if not arm.requests:
            yield f"{arm.name} had no request yet."
        elif not found.trials:
            yield f"{arm.name} answered {_count(arm.requests, 'request')}, and none has feedback."
        elif found.units < wanted:
            whose = "" if found.units == found.trials else f" of {_count(found.units, 'subject')}"
            yield (
                f"{arm.name} has feedback on {_count(found.trials, 'request')}{whose}; "
                f"the least that is judged is {wanted}."
            )


def _broken(arms: Sequence[ArmCounts], index: int, rules: Rules) -> Iterator[str]:
    control, challenger = arms[CONTROL], arms[index]
    if min(control.requests, challenger.requests) < rules.minimum_sample:
        return
    errors, usual = challenger.error_share or 0.0, control.error_share or 0.0
    if errors > max(rules.max_error_share, usual):
        yield (
            f"{challenger.name} failed in {_percent(errors)} of {_count(challenger.requests, 'request')} "
            f"({control.name} in {_percent(usual)}); the limit is {_percent(rules.max_error_share)}."
        )
    if challenger.p99_ms is None or control.p99_ms is None or _is_few_for_p99(arms):
        return
    if challenger.p99_ms > max(control.p99_ms * rules.max_p99_ratio, control.p99_ms + rules.ignored_p99_ms):
        yield (
            f"{challenger.name} takes {challenger.p99_ms:.1f} ms at p99, "
            f"{control.name} {control.p99_ms:.1f} ms; the limit is {rules.max_p99_ratio:g} times that."
        )


def _is_few_for_p99(arms: Sequence[ArmCounts]) -> bool:
    return min(arm.requests for arm in arms) < LEAST_FOR_P99


def _cautions(arms: Sequence[ArmCounts], ratio_p: float | None) -> Iterator[str]:
    trials, requests = [arm.feedback.trials for arm in arms], [arm.requests for arm in arms]
    p = same_share_p(trials, requests)
    if p is not None and p < LEAST_P:
        shares = ", ".join(f"{arm.name} {_percent(arm.feedback_share or 0.0)}" for arm in arms)
        yield f"Feedback is not equally frequent ({shares}), so those that have it may not be alike."
    if any(requests) and _is_few_for_p99(arms):
        yield f"Latency at p99 is judged from {LEAST_FOR_P99} requests of each arm on."
    if ratio_p is None and any(requests):
        yield "There is too little traffic to check whether the arms get their shares."


def _mismatch(arms: Sequence[ArmCounts], p: float) -> str:
    total, whole = sum(arm.units for arm in arms), sum(arm.share for arm in arms)
    found = ", ".join(
        f"{arm.name} has {_percent(arm.units / total)} instead of {_percent(arm.share / whole)}"
        for arm in arms
    )
    return f"Of {total} subjects or requests {found}; chance does that with p = {p:.1g}, below {LEAST_P}."


def _hits(arm: ArmCounts) -> str:
    return f"{arm.feedback.hits} of {arm.feedback.trials} ({_percent(arm.accuracy or 0.0)})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}"
