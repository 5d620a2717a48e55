"""Tune several models and keep each as a run of one experiment."""

from dataclasses import dataclass, field

from servicekit.database import AnySession
from tracking.service.experiment_naming import ExperimentLabel, ExperimentNaming
from tracking.service.run_claims import RunClaims
from tracking.service.search_plan import SearchPlan, check_folds, check_plan
from tracking.service.training_set import read_training_set
from tracking.service.tuned_runs import RunPlace, TunedRun, TunedRuns


@dataclass(frozen=True)
class OptimizationOrder:
    """What to tune, on which source, and the experiment to keep it in."""

    experiment: ExperimentLabel
    plan: SearchPlan
    source: str | None = None


@dataclass(frozen=True)
class OptimizationLimits:
    """How much one order may ask, and the source that is meant when it names none."""

    most_candidates: int
    default_source: str


@dataclass
class OptimizationResult:
    """The runs that were recorded, by model name: those that finished and those that failed."""

    experiment_id: str
    finished: dict[str, str] = field(default_factory=dict)
    failed: dict[str, TunedRun] = field(default_factory=dict)

    def add(self, model_name: str, run: TunedRun) -> None:
        """Put a run where it belongs."""
        if run.failure is None:
            self.finished[model_name] = run.run_id
        else:
            self.failed[model_name] = run


class Optimization:
    """The use case of tuning.

    Args:
        session: of the dataset database.
        naming: of experiments.
        claims: on the runs that are open.
        runs: searches and records one model.
        limits: on what one order may ask.
    """

    def __init__(
        self,
        session: AnySession,
        naming: ExperimentNaming,
        claims: RunClaims,
        runs: TunedRuns,
        limits: OptimizationLimits,
    ) -> None:
        self._session = session
        self._naming = naming
        self._claims = claims
        self._runs = runs
        self._limits = limits

    def optimize(self, order: OptimizationOrder) -> OptimizationResult:
        """Search each model's grid; whatever is wrong with the order is said before anything is logged.

        Raises:
            UnknownModel, InvalidOptimization: the order cannot be carried out.
            TrainingSetNotLoaded, NotAClassification: there is nothing to tune on.
            Unavailable: a database or the MLflow server does not answer.
        """
        plan = order.plan
        check_plan(plan, self._limits.most_candidates)
        training = read_training_set(self._session, order.source or self._limits.default_source)
        check_folds(plan.cv, training.smallest_class)
        result = OptimizationResult(self._naming.ensure(order.experiment))
        with self._claims.claimed() as optimization_id:
            place = RunPlace(result.experiment_id, optimization_id)
            for name in plan.models:
                result.add(name, self._runs.tune(place, name, plan, training))
        return result
