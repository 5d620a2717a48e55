"""What the demo talks to, and what it has learned on the way."""

from dataclasses import dataclass, field
from typing import Any

from stack.demo.service_calls import Service

SERVICES = ("simulator", "ml-model", "tracking", "monitoring")


@dataclass(frozen=True)
class Services:
    """The four services of the guide."""

    simulator: Service
    ml_model: Service
    tracking: Service
    monitoring: Service

    @classmethod
    def at(cls, urls: dict[str, str]) -> "Services":
        """Return the services at these addresses; raises KeyError when one is missing."""
        return cls(*(Service(name, urls[name]) for name in SERVICES))

    def all(self) -> list[Service]:
        """Return them in the order of the guide."""
        return [self.simulator, self.ml_model, self.tracking, self.monitoring]


@dataclass
class Journey:
    """The state that one step leaves for the next.

    Args:
        services: to talk to.
        stamp: makes this journey's experiment names its own.
    """

    services: Services
    stamp: str
    experiment_id: str = ""
    run_ids: dict[str, str] = field(default_factory=dict)
    best_run_id: str = ""
    best_model: str = ""
    cross_validated: dict[str, dict[str, float]] = field(default_factory=dict)
    tuned: dict[str, dict[str, str]] = field(default_factory=dict)
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    features: list[str] = field(default_factory=list)
    ab_test: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """Name the endpoint that is this journey's own."""
        return f"wine_demo_{self.stamp}"
