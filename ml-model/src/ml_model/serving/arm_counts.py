"""What is counted of one arm of an A/B test."""

from dataclasses import astuple, dataclass

from ml_model.serving import sequential
from ml_model.serving.proportions import wilson


@dataclass(frozen=True)
class Clusters:
    """Feedback by unit, as sums over units; a unit is a subject, or a request without one."""

    units: int = 0
    trials: int = 0
    hits: int = 0
    trials_squared: int = 0
    products: int = 0
    hits_squared: int = 0

    @classmethod
    def single(cls, trials: int, hits: int) -> "Clusters":
        """Return the sums when each unit has one request."""
        return cls(trials, trials, hits, trials, hits, hits)

    def __add__(self, other: "Clusters") -> "Clusters":
        return Clusters(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class ArmCounts:
    """One arm: a version, its share of the traffic and what came of it.

    `units` are the subjects, or the requests without one, that were assigned to it. A request that ended in
    an error and has feedback counts as wrong.
    """

    name: str
    share: float
    requests: int = 0
    units: int = 0
    errors: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None
    feedback: Clusters = Clusters()

    @property
    def accuracy(self) -> float | None:
        """Return the share of right answers among those with feedback."""
        return self.feedback.hits / self.feedback.trials if self.feedback.trials else None

    @property
    def feedback_share(self) -> float | None:
        """Return the share of requests with feedback."""
        return self.feedback.trials / self.requests if self.requests else None

    @property
    def error_share(self) -> float | None:
        """Return the share of requests that ended in an error."""
        return self.errors / self.requests if self.requests else None

    @property
    def variance(self) -> float:
        """Return the variance of the accuracy: of independent requests, or of subjects where that is more."""
        found = self.feedback
        independent = sequential.share_variance(found.hits, found.trials)
        return float(max(independent, sequential.clustered_variance(found)))

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the accuracy's 95 % interval for one look, wider where subjects are alike in themselves."""
        found = self.feedback
        if not found.trials:
            return None
        share = found.hits / found.trials
        independent = share * (1 - share) / found.trials
        effect = max(1.0, sequential.clustered_variance(found) / independent) if independent else 1.0
        return wilson(found.hits / effect, found.trials / effect)
