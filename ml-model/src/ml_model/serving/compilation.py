"""Turn a fitted pipeline into a form that answers without scikit-learn, if it answers the same."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ml_model.serving.agreement import Agreement, Answer, compare
from ml_model.serving.answers import DamagedModel, Engine, Predicted, plain, plain_classes
from ml_model.serving.compiled_form import CompiledForm, Head
from ml_model.serving.graph_head import GraphHead
from ml_model.serving.kernel_head import KernelHead
from ml_model.serving.linear_head import LinearHead
from ml_model.serving.neighbours_head import NeighboursHead
from ml_model.serving.preparation import Preparation
from ml_model.serving.probes import prepared, raw_probes, threshold_probes
from ml_model.serving.quick_scorer import FEWEST_ROWS
from ml_model.serving.scikit_learn_engine import NAME as SCIKIT_LEARN
from ml_model.serving.scikit_learn_engine import ScikitLearnEngine
from ml_model.serving.signature import Signature
from ml_model.serving.tree_head import TreeHead, thresholds_of
from ml_model.serving.unsupported import NotCompilable

TIMED_SECONDS = 0.1
MOST_TIMED = 200
ONE = 1
MOST_IN_PARTS = 2_000
PARTS = (ONE, FEWEST_ROWS - 1)

_DIRECT: dict[str, Callable[[Any], Head]] = {
    "LogisticRegression": LinearHead.of,
    "OneVsRestClassifier": LinearHead.of,
    "SVC": KernelHead.of,
    "CalibratedClassifierCV": KernelHead.of,
    "KNeighborsClassifier": NeighboursHead.of,
    "DecisionTreeClassifier": TreeHead.of,
    "ExtraTreeClassifier": TreeHead.of,
    "RandomForestClassifier": TreeHead.of,
    "ExtraTreesClassifier": TreeHead.of,
    "HistGradientBoostingClassifier": TreeHead.of,
    "XGBClassifier": TreeHead.of,
    "LGBMClassifier": TreeHead.of,
}


@dataclass(frozen=True)
class Compilation:
    """The compiled form, or None; `runtime` tells callers what answers, how fast, and why."""

    content: bytes | None
    runtime: dict[str, Any]


def compile_pipeline(
    pipeline: Any,
    signature: Signature,
    example: Sequence[Any],
    training: Sequence[Sequence[Any]] = (),
) -> Compilation:
    """Compile a fitted pipeline; `example` and `training` are rows in the signature's order.

    A form is kept only if its labels are the pipeline's and its probabilities within 1e-5 of them, on the
    training rows, on generated ones and on edges.
    """
    reference = ScikitLearnEngine(pipeline, signature)
    rows = prepared(raw_probes(signature, example, training, pipeline), signature.numeric)
    one = prepared([list(example)], signature.numeric)
    reasons: list[str] = []
    for attempt in _attempts(pipeline):
        try:
            form, agreement = _checked(attempt, pipeline, signature, reference, rows)
        except (NotCompilable, DamagedModel) as fault:
            reasons.append(fault.reason)
            continue
        if agreement.reason is None:
            return _kept(form, agreement, reference, one)
        reasons.append(f"{form.head.form}: {agreement.reason}")
    return _not_compiled("; ".join(dict.fromkeys(reasons)), reference, one)


def _kept(form: CompiledForm, agreement: Agreement, reference: Engine, one: Any) -> Compilation:
    runtime = {
        "engine": form.name,
        "form": form.head.form,
        "rows_compared": agreement.rows,
        "largest_difference": agreement.largest_difference,
        "single_row_microseconds": microseconds(form.answer, one),
        "scikit_learn_microseconds": microseconds(reference.answer, one),
    }
    return Compilation(form.to_bytes(), runtime)


def _not_compiled(reason: str, reference: Engine, one: Any) -> Compilation:
    took = microseconds(reference.answer, one)
    return Compilation(None, {"engine": SCIKIT_LEARN, "reason": reason, "single_row_microseconds": took})


def microseconds(answer: Callable[[Any], Predicted], one: Any) -> float:
    """Measure what a single row takes: the median of a tenth of a second, after a first try."""
    answer(one)
    taken: list[float] = []
    while sum(taken) < TIMED_SECONDS and len(taken) < MOST_TIMED:
        start = time.perf_counter()
        answer(one)
        taken.append(time.perf_counter() - start)
    return round(float(np.median(taken)) * 1e6, 1)


def _attempts(pipeline: Any) -> Iterator[Callable[[], Head]]:
    """Give the ways to compile the last step, the exact ones first."""
    if not hasattr(pipeline, "steps") or not hasattr(pipeline, "classes_"):
        yield partial(_refuse, "it is no pipeline that ends in a classifier")
        return
    final = unwrapped(pipeline.steps[-1][1])
    direct = _DIRECT.get(type(final).__name__)
    if direct is not None:
        yield partial(direct, final)
    if direct is None or direct is KernelHead.of or direct is LinearHead.of:
        yield partial(GraphHead.of, final, "float64")
        yield partial(GraphHead.of, final, "float32")


def _refuse(reason: str) -> Head:
    raise NotCompilable(reason)


def unwrapped(estimator: Any) -> Any:
    """Take a model out of a vote of one, which is there to number its class labels."""
    if type(estimator).__name__ != "VotingClassifier" or len(estimator.estimators_) != ONE:
        return estimator
    plain_vote = estimator.voting == "soft" and estimator.weights is None
    return estimator.estimators_[0] if plain_vote else estimator


def _checked(
    attempt: Callable[[], Head],
    pipeline: Any,
    signature: Signature,
    reference: Engine,
    rows: Any,
) -> tuple[CompiledForm, Agreement]:
    """Make the form, write and read it as it will be, and compare both with the pipeline."""
    head = attempt()
    preparation = Preparation.of(pipeline.steps[:-1], signature.names)
    made = CompiledForm(preparation, head, plain_classes(pipeline.classes_))
    form = CompiledForm.from_bytes(made.to_bytes())
    whole = compare(reference.answer, form.answer, rows)
    if whole.reason is not None or form.head.form != TreeHead.form:
        return form, whole
    # One row, some rows and many rows may each go another way: all must agree.
    last = rows[-MOST_IN_PARTS:]
    in_parts = [compare(reference.answer, _in_parts(form.answer, size), last) for size in PARTS]
    compared = [whole, *in_parts, *_compare_at_thresholds(pipeline, form, rows)]
    return form, Agreement(
        sum(each.rows for each in compared),
        max(each.largest_difference for each in compared),
        next((each.reason for each in compared if each.reason is not None), None),
    )


def _in_parts(answer: Answer, size: int) -> Answer:
    """Ask for so many rows at a time."""

    def answered(rows: Any) -> Predicted:
        parts = [answer(rows[start : start + size]) for start in range(0, len(rows), size)]
        given = [part.probabilities for part in parts if part.probabilities is not None]
        labels = [label for part in parts for label in part.labels]
        return Predicted(labels, np.concatenate(given) if given else None)

    return answered


def _compare_at_thresholds(pipeline: Any, form: CompiledForm, rows: Any) -> list[Agreement]:
    final = pipeline.steps[-1][1]
    like = form.preparation.apply(rows[:200])
    like = like[np.isfinite(like).all(axis=1)]
    inner = unwrapped(final)
    probes = threshold_probes(thresholds_of(inner), like.shape[1], like)
    classes = form.classes

    def reference(features: np.ndarray) -> Predicted:
        given = final.predict_proba(features)
        return Predicted(plain(final.predict(features)), np.asarray(given, dtype=np.float64))

    def candidate(features: np.ndarray) -> Predicted:
        codes, probabilities = form.head.answer(features)
        return Predicted([classes[code] for code in codes.tolist()], probabilities)

    ways = [candidate, *(_in_parts(candidate, size) for size in PARTS)]
    return [compare(reference, way, probes) for way in ways]
