"""Predict how long a query will take, and keep what was answered."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from random import getrandbits
from typing import Any, Literal

from predictor.learning.calibration import Basis
from predictor.learning.explanation import Explanation, explain, warm_up
from predictor.learning.predictor import Prediction, TrainedPredictor
from predictor.learning.scenario import OptimizedPlan, optimize
from predictor.learning.vector import vector
from predictor.persistence.model.record import version_name
from predictor.persistence.repository.prediction_path import PredictionPath
from predictor.service.errors import NoActiveModel, UnknownFingerprint, UnreadablePlan
from predictor.service.loaded_models import LoadedModels
from predictor.service.prediction_records import PredictionRecords
from predictor.service.prediction_series import PredictionSeries
from predictor.utils.features import BY_NAME, NAMES
from predictor.utils.plan_facts import plan_facts

Scenario = Literal["current", "optimized"]
Features = dict[str, float | None]
DEFAULT_WORK_MEM_MB = 4.0  # of PostgreSQL


@dataclass(frozen=True)
class PredictionOrder:
    """What is asked.

    Args:
        query_hash: the fingerprint.
        database_name: whose history it is looked up in.
        features: taken instead of the history.
        parameters: features that are different for this one prediction.
        plan: the statement's own plan, as EXPLAIN (VERBOSE, FORMAT JSON) gives it before it runs.
        scenario: the query as it is, or with what would help it.
        confidence_level: share of real times that the interval is to cover.
        explained: whether to say which features moved the prediction.
    """

    query_hash: int
    database_name: str
    features: Mapping[str, float] | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    scenario: Scenario = "current"
    confidence_level: float = 0.9
    explained: bool = False

    @property
    def basis(self) -> Basis:
        """Whether the features are the execution's own, or an earlier window's."""
        return "past" if self.features is None and self.plan is None else "own"


@dataclass(frozen=True)
class Answered:
    """What was predicted; times in milliseconds."""

    prediction_id: str
    model_version: str
    order: PredictionOrder
    prediction: Prediction
    plan: OptimizedPlan | None
    explanation: Explanation | None


@dataclass(frozen=True)
class Computed:
    """A prediction that is not kept yet, and the features that it was made from."""

    answered: Answered
    model_id: int
    features: Features


class Predicting:
    """The use case of one prediction.

    Args:
        path: reads what it starts from.
        models: the loaded ones.
        records: keeps what is answered.
        series: counts.
        lookback_days: how old a fingerprint's newest window may be.
    """

    def __init__(
        self,
        path: PredictionPath,
        models: LoadedModels,
        records: PredictionRecords,
        series: PredictionSeries,
        lookback_days: int,
    ) -> None:
        self._path = path
        self._models = models
        self._records = records
        self._series = series
        self._lookback_days = lookback_days

    def predict(self, order: PredictionOrder) -> Answered:
        """Predict with the active model and keep the prediction before it is answered.

        Raises:
            NoActiveModel, UnknownFingerprint, ModelDamaged, ModelOfOtherFeatures, JournalFull, Unavailable
        """
        return self.keep(self.compute(order))

    def compute(self, order: PredictionOrder) -> Computed:
        """Predict with the active model; nothing is kept yet."""
        model_id, features = self._known(order)
        predictor = self._models.fetch(model_id)
        answered, features = _answer(predictor, version_name(model_id), order, features)
        return Computed(answered, model_id, features)

    def keep(self, computed: Computed) -> Answered:
        """Keep a prediction, and give what is answered."""
        answered = computed.answered
        self._records.keep(_row(answered, computed.model_id, computed.features))
        self._series.predicted(answered.model_version, answered.order.scenario)
        warm_up()  # who predicts may ask why, and a process forks before its first request
        return answered

    def _known(self, order: PredictionOrder) -> tuple[int, Features]:
        model_id, features = self._basis(order)
        if model_id is None:
            raise NoActiveModel(self._models.count())
        if features is None:
            raise UnknownFingerprint(order.query_hash, order.database_name, self._lookback_days)
        return model_id, {**features, **_of_plan(order, features), **order.parameters}

    def _basis(self, order: PredictionOrder) -> tuple[int | None, Features | None]:
        if order.features is not None:
            return self._path.active_model(), dict(order.features)
        basis = self._path.basis(order.database_name, order.query_hash, self._lookback_days)
        features = basis.features if basis.features is not None or order.plan is None else {}
        return basis.model_id, features


def _answer(
    predictor: TrainedPredictor, version: str, order: PredictionOrder, features: Features
) -> tuple[Answered, Features]:
    plan = optimize(predictor, features) if order.scenario == "optimized" else None
    features = plan.features if plan else features
    values = vector(features)
    prediction = predictor.predict(values, order.confidence_level, order.basis)
    explanation = explain(predictor, values) if order.explained else None
    return Answered(new_prediction_id(), version, order, prediction, plan, explanation), features


def _of_plan(order: PredictionOrder, features: Features) -> Features:
    """Give what the statement's own plan tells; what needs the catalogue stays as it was."""
    if order.plan is None:
        return {}
    work_mem_mb = order.parameters.get("work_mem_mb", features.get("work_mem_mb"))
    try:
        facts = plan_facts(dict(order.plan), work_mem_mb or DEFAULT_WORK_MEM_MB)
        known = {name: float(value) for name, value in facts.items() if value is not None}
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as fault:
        raise UnreadablePlan from fault
    if not all(0.0 <= value <= BY_NAME[name].most for name, value in known.items()):
        raise UnreadablePlan  # an infinite or negative estimate is none
    return dict(known)


def _row(answered: Answered, model_id: int, features: Features) -> dict[str, Any]:
    prediction, order = answered.prediction, answered.order
    return {
        "prediction_id": answered.prediction_id,
        "model_id": model_id,
        "database_name": order.database_name,
        "query_hash": order.query_hash,
        "scenario": order.scenario,
        "features": [features.get(name) for name in NAMES],
        "changes": [asdict(change) for change in answered.plan.changes] if answered.plan else None,
        "execution_time_ms": prediction.execution_time_ms,
        "lower_bound_ms": prediction.lower_bound_ms,
        "upper_bound_ms": prediction.upper_bound_ms,
        "std_dev_ms": prediction.std_dev_ms,
        "confidence_level": order.confidence_level,
        "confidence_score": prediction.confidence_score,
        "predicted_at": datetime.now(UTC),
    }


def new_prediction_id() -> str:
    """Return a name that begins with the time, so that new ones stand together in the index."""
    return f"pred-{time.time_ns() // 1_000_000:012x}{getrandbits(80):020x}"
