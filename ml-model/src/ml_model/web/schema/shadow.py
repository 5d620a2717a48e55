"""Requests and answers about versions in the shadow."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from ml_model.persistence.model.shadow_record import PairSums, ShadowRecord
from ml_model.service.shadowing import ShadowOrder, ShadowPage, ShadowView
from ml_model.serving.proportions import wilson
from ml_model.web.schema.ab_test import Interval, Person, RowId
from servicekit.web.schema import Answer, QueryString, RequestBody


class ShadowRequest(RequestBody):
    """A version that is to get copies."""

    mlalgorithm: RowId = Field(description="Id of the version; it needs no particular status.")
    share: float = Field(100, gt=0, le=100, description="Per cent of the endpoint's requests.")
    created_by: Person

    def order(self) -> ShadowOrder:
        """Return the use case's own form of this request."""
        return ShadowOrder(self.mlalgorithm, self.share, self.created_by)


class ShadowsQuery(QueryString):
    """Which shadows are wanted."""

    endpoint: str | None = Field(None, max_length=100, description="Name of the endpoint.")
    status: Literal["running", "ended"] | None = None
    limit: int = Field(100, ge=1, le=1000, description="Most entries to answer.")
    offset: int = Field(0, ge=0, le=10**9, description="Entries to leave out first.")

    @property
    def running(self) -> bool | None:
        """Tell whether running or ended ones are wanted; None for both."""
        return None if self.status is None else self.status == "running"


class ShadowAnswer(Answer):
    """A version in the shadow of its endpoint."""

    id: int
    endpoint: str
    mlalgorithm: int
    name: str
    version: str
    share: float
    status: Literal["running", "ended"]
    created_by: str
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, shadow: ShadowRecord) -> Self:
        """Return the answer for a shadow."""
        return cls(**_answer(shadow))


class Latency(Answer):
    """Milliseconds."""

    p50_ms: float
    p99_ms: float


class AnsweringVersionAnswer(Answer):
    """A version that answered, and how often the shadow agreed with it."""

    mlalgorithm: int
    name: str
    version: str
    requests: int
    agreed: int
    agreement: float


class DisagreementAnswer(Answer):
    """A pair of labels that differ."""

    answered: Any
    shadow: Any
    requests: int
    feedback: int
    answered_correct: int
    shadow_correct: int


class ComparisonOfShadow(Answer):
    """The shadow beside the versions that answered, on the same requests."""

    requests: int = Field(description="Requests whose copy was predicted and whose answer is known.")
    failed: int = Field(description="Copies that the shadow could not answer.")
    agreed: int
    agreement: float | None = Field(description="Share of equal labels; null without requests.")
    feedback: int = Field(description="Requests whose true label is known.")
    answered_accuracy: float | None
    answered_interval: Interval | None = Field(description="95 %, for one look only.")
    shadow_accuracy: float | None
    shadow_interval: Interval | None = Field(description="95 %, for one look only.")
    answered_latency: Latency | None = Field(description="Of the answer, with all that belongs to a request.")
    shadow_latency: Latency | None = Field(description="Of the shadow's prediction alone.")
    answered_by: list[AnsweringVersionAnswer]
    disagreements: list[DisagreementAnswer] = Field(description="The most frequent first.")
    summary: str


class ShadowReportAnswer(ShadowAnswer):
    """A version in the shadow with its comparison."""

    comparison: ComparisonOfShadow

    @classmethod
    def of_view(cls, view: ShadowView) -> Self:
        """Return the answer for a shadow with its comparison."""
        return cls(**_answer(view.shadow), comparison=_comparison(view))


class ShadowsAnswer(Answer):
    """A part of the shadows."""

    count: int = Field(description="All shadows that fit the filters.")
    results: list[ShadowAnswer]

    @classmethod
    def of(cls, page: ShadowPage) -> "ShadowsAnswer":
        """Return the answer for a page."""
        return cls(count=page.total, results=[ShadowAnswer.of(shadow) for shadow in page.shadows])


def _answer(shadow: ShadowRecord) -> dict[str, Any]:
    told = ("endpoint", "name", "version", "share", "created_by", "created_at", "ended_at")
    return {name: getattr(shadow, name) for name in told} | {
        "id": shadow.shadow_id,
        "mlalgorithm": shadow.algorithm_id,
        "status": "running" if shadow.ended_at is None else "ended",
    }


def _comparison(view: ShadowView) -> ComparisonOfShadow:
    sums = view.sums
    versions = [
        AnsweringVersionAnswer(
            mlalgorithm=each.algorithm_id,
            name=each.name,
            version=each.version,
            requests=each.pairs,
            agreed=each.agreed,
            agreement=each.agreed / each.pairs,
        )
        for each in view.by_version
    ]
    disagreements = [
        DisagreementAnswer(requests=each.pairs, feedback=each.labelled, **_labels(each))
        for each in view.disagreements
    ]
    return ComparisonOfShadow(
        requests=sums.pairs,
        failed=sums.failed,
        agreed=sums.agreed,
        agreement=_share(sums.agreed, sums.pairs),
        feedback=sums.labelled,
        answered_accuracy=_share(sums.answered_correct, sums.labelled),
        answered_interval=_interval(sums.answered_correct, sums.labelled),
        shadow_accuracy=_share(sums.shadow_correct, sums.labelled),
        shadow_interval=_interval(sums.shadow_correct, sums.labelled),
        answered_latency=_latency(sums.answered_ms),
        shadow_latency=_latency(sums.shadow_ms),
        answered_by=versions,
        disagreements=disagreements,
        summary=_summary(view.shadow.full_name, sums),
    )


def _labels(found: Any) -> dict[str, Any]:
    return {
        name: getattr(found, name) for name in ("answered", "shadow", "answered_correct", "shadow_correct")
    }


def _summary(name: str, sums: PairSums) -> str:
    if not sums.pairs:
        return f"{name} had no copy of a request yet."
    told = f"{name} gave the same label as the answer in {sums.agreed} of {sums.pairs} requests"
    failed = f" and failed in {sums.failed}" if sums.failed else ""
    if not sums.labelled:
        return f"{told}{failed}; the true label is known for none of them."
    return (
        f"{told}{failed}. Of the {sums.labelled} whose true label is known the answers were right in "
        f"{sums.answered_correct}, {name} in {sums.shadow_correct}."
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _interval(hits: int, trials: int) -> Interval | None:
    bounds = wilson(hits, trials)
    return None if bounds is None else Interval(lower=bounds[0], upper=bounds[1])


def _latency(milliseconds: tuple[float, float] | None) -> Latency | None:
    return None if milliseconds is None else Latency(p50_ms=milliseconds[0], p99_ms=milliseconds[1])
