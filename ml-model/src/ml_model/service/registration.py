"""Register versions of models behind endpoints."""

from dataclasses import dataclass
from typing import Any

from ml_model.persistence.model.registry_record import AlgorithmRecord
from ml_model.persistence.repository.algorithms import Algorithms, NewAlgorithm
from ml_model.persistence.repository.artifacts import Artifacts
from ml_model.persistence.repository.endpoints import Endpoints
from ml_model.service.candidates import Candidate
from ml_model.service.model_sources import ModelSources, Source
from ml_model.service.registry_errors import StatusNeedsTest, UnknownAlgorithm, VersionTaken
from ml_model.service.routing import Router
from ml_model.service.status_change import StatusOrder, put_status
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class Description:
    """What people say about a version; without `version` it gets the next number."""

    name: str
    owner: str
    description: str = ""
    code: str = ""
    version: str | None = None


@dataclass(frozen=True)
class RegistrationOrder:
    """A model that is to be a version of an endpoint, and the status that it begins with.

    With `force` the same model becomes another version.
    """

    endpoint: str
    described: Description
    source: Source
    status: str
    created_by: str
    force: bool = False


@dataclass(frozen=True)
class Registered:
    """A version, and whether it is new."""

    algorithm: AlgorithmRecord
    created: bool


class Registration:
    """The use case of registering."""

    def __init__(self, session: AnySession, sources: ModelSources, router: Router) -> None:
        self._session = session
        self._sources = sources
        self._router = router

    def register(self, order: RegistrationOrder) -> Registered:
        """Fetch a model, compile and try it, and make it a version; the same again is answered as it is.

        Raises:
            StatusNeedsTest, SourceNotFound, ModelRefused, ModelTooLarge, FileRefused, ExampleRefused,
            VersionTaken, MlflowUnavailable
        """
        if order.status == "ab_testing":
            raise StatusNeedsTest
        candidate = self._sources.candidate(order.source)
        with transaction(self._session):
            endpoint_id = Endpoints(self._session).locked(order.endpoint, order.described.owner)
            known = self._known(endpoint_id, order, candidate)
            algorithm_id = self._add(endpoint_id, order, candidate) if known is None else known
            registered = Registered(self._record(algorithm_id), created=known is None)
        if registered.created:
            self._router.changed()
            log.info("version registered", endpoint=order.endpoint, version=registered.algorithm.full_name)
        return registered

    def _known(self, endpoint_id: int, order: RegistrationOrder, candidate: Candidate) -> int | None:
        """Find the version that this registration would repeat."""
        described = order.described
        same = [
            each
            for each in Algorithms(self._session).with_model(
                endpoint_id, described.name, candidate.model.sha256
            )
            if _interface(each.signature) == _interface(candidate.signature.document())
            and described.version in {None, each.version}
        ]
        if order.force and described.version is None:
            return None
        return same[0].algorithm_id if same else None

    def _add(self, endpoint_id: int, order: RegistrationOrder, candidate: Candidate) -> int:
        algorithms = Algorithms(self._session)
        described = order.described
        number = algorithms.next_number(endpoint_id, described.name)
        taken = algorithms.versions_of(endpoint_id, described.name)
        if described.version in taken:
            raise VersionTaken(order.endpoint, f"{described.name}:{described.version}")
        for artifact in (candidate.model, candidate.compiled):
            if artifact is not None:
                Artifacts(self._session).put(artifact)
        new = NewAlgorithm(
            endpoint_id=endpoint_id,
            name=described.name,
            number=number,
            version=described.version or _free_version(number, taken),
            description=described.description,
            code=described.code,
            owner=described.owner,
            source=candidate.source,
            signature=candidate.signature.document(),
            input_example=candidate.example,
            runtime=candidate.runtime,
            model_sha256=candidate.model.sha256,
            compiled_sha256=None if candidate.compiled is None else candidate.compiled.sha256,
        )
        algorithm_id = algorithms.add(new)
        change = StatusOrder(algorithm_id, order.status, order.created_by, "registered")
        put_status(self._session, self._record(algorithm_id), change)
        return algorithm_id

    def _record(self, algorithm_id: int) -> AlgorithmRecord:
        found = Algorithms(self._session).get(algorithm_id)
        if found is None:
            raise UnknownAlgorithm(str(algorithm_id))
        return found


def _interface(signature: dict[str, Any]) -> tuple[Any, ...]:
    """Give what makes a difference to callers: names and kinds of features, and the classes."""
    fields = tuple((field["name"], field["kind"]) for field in signature["fields"])
    return fields, signature["classes"], signature["bounds_enforced"]


def _free_version(number: int, taken: set[str]) -> str:
    """Name a version by its number, unless somebody chose that name for another one."""
    candidates = (str(number), *(f"{number}.{part}" for part in range(1, len(taken) + 2)))
    return next(name for name in candidates if name not in taken)
