"""Rows in one of the ecosystem's protocols, answered by the same models as everywhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from ml_model.service.protocol_errors import InputNotTaken
from ml_model.service.routing import Router, Target, Version
from ml_model.service.served_models import ServedModels
from ml_model.service.serving import Inferred, Serving
from ml_model.serving.rows import Rows, RowsRefused
from ml_model.serving.served_model import ServedModel
from ml_model.serving.signature import Signature


@dataclass(frozen=True)
class Choice:
    """Which model is meant."""

    endpoint: str
    version: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Checked:
    """Rows that a version can answer, and that version as a caller names it."""

    choice: Choice
    version: str
    target: Target
    rows: Rows


@dataclass(frozen=True)
class Outcome:
    """Answered rows, and the version that answered them as a caller names it."""

    endpoint: str
    version: str
    inferred: Inferred


class ProtocolInference:
    """Finds the version that is meant, reads the rows by its signature, and infers."""

    def __init__(self, router: Router, models: ServedModels, serving: Serving) -> None:
        self._router = router
        self._models = models
        self._serving = serving

    def infer(self, choice: Choice, read: Callable[[Signature], Rows]) -> Outcome:
        """Answer the rows that `read` finds, and keep them.

        Raises:
            InputNotTaken: the rows cannot be read or the model does not take them.
            NotFound, Conflict, Invalid: there is no such version, or it is not clear which one is meant.
        """
        return self.answer(self.check(choice, read))

    def check(self, choice: Choice, read: Callable[[Signature], Rows]) -> Checked:
        """Find the version that is meant and read the rows; changes nothing. Raises what `infer` does."""
        target = self._router.select(choice.endpoint, version=choice.version, key=choice.subject or "")
        # Before anything is kept: afterwards nothing may stand between the rows and their answer.
        version = self.caller_name(target.version)
        signature = self._models.get(target.version).signature
        try:
            rows = read(signature)
        except RowsRefused as refused:
            raise InputNotTaken(refused.faults) from refused
        return Checked(choice, version, target, rows)

    def answer(self, checked: Checked) -> Outcome:
        """Answer rows and keep them."""
        choice = checked.choice
        inferred = self._serving.infer(checked.target, checked.rows, subject=choice.subject)
        return Outcome(choice.endpoint, checked.version, inferred)

    def loaded(self, endpoint: str, version: str | None = None) -> tuple[Target, ServedModel]:
        """Return the version that would answer, loaded and ready."""
        target = self._router.select(endpoint, version=version)
        return target, self._models.get(target.version)

    def endpoints(self) -> tuple[str, ...]:
        """Return the names of all endpoints."""
        return self._router.endpoints()

    def versions(self, endpoint: str) -> tuple[Version, ...]:
        """Return every version that an endpoint has."""
        return self._router.versions(endpoint)

    def caller_name(self, version: Version) -> str:
        """Return what a caller writes to mean this version, with its name where several share it."""
        same = sum(other.version == version.version for other in self._router.versions(version.endpoint))
        return version.version if same <= 1 else version.full_name
