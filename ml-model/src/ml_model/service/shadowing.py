"""Put a version into the shadow of its endpoint, compare it with what was answered, take it out again."""

from dataclasses import dataclass

from ml_model.persistence.model.shadow_record import AnsweringVersion, Disagreement, PairSums, ShadowRecord
from ml_model.persistence.repository.algorithms import Algorithms
from ml_model.persistence.repository.endpoints import Endpoints
from ml_model.persistence.repository.shadow_counts import ShadowCounts
from ml_model.persistence.repository.shadows import Shadows
from ml_model.service.ab_errors import ShadowNotFound, ShadowRuns, UnknownVersions
from ml_model.service.request_keeping import RequestRecords
from ml_model.service.routing import Router
from ml_model.utils.numbers import row_number
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class ShadowOrder:
    """A version that is to get copies of a share of the requests in per cent."""

    algorithm_id: int
    share: float
    created_by: str


@dataclass(frozen=True)
class ShadowView:
    """A shadow and what it looks like beside the versions that answered."""

    shadow: ShadowRecord
    sums: PairSums
    by_version: tuple[AnsweringVersion, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True)
class ShadowPage:
    """Some of the shadows, and the number of all."""

    shadows: tuple[ShadowRecord, ...]
    total: int


class Shadowing:
    """The use cases around shadows."""

    def __init__(self, session: AnySession, router: Router, records: RequestRecords) -> None:
        self._session = session
        self._router = router
        self._records = records

    def create(self, order: ShadowOrder) -> ShadowRecord:
        """Put a version into the shadow; the same again finds the one that runs.

        Raises:
            UnknownVersions, ShadowRuns
        """
        with transaction(self._session):
            shadows = Shadows(self._session)
            version = Algorithms(self._session).get(order.algorithm_id)
            if version is None:
                raise UnknownVersions([order.algorithm_id])
            Endpoints(self._session).lock(version.endpoint_id)
            running = shadows.running(order.algorithm_id)
            if running is not None and running.share != order.share:
                raise ShadowRuns(running.full_name, running.shadow_id, running.share)
            if running is not None:
                return running
            added = shadows.add(version.endpoint_id, order.algorithm_id, order.share, order.created_by)
            shadow = self._found(str(added))
        self._router.changed()
        log.info("shadow began", shadow_id=shadow.shadow_id, version=shadow.full_name)
        return shadow

    def listed(self, endpoint: str | None, running: bool | None, limit: int, offset: int) -> ShadowPage:
        """List shadows, the newest first."""
        with transaction(self._session):
            shadows = Shadows(self._session)
            found = shadows.listed(endpoint, running, limit, offset)
            return ShadowPage(tuple(found), shadows.count(endpoint, running))

    def get(self, shadow_id: str) -> ShadowView:
        """Compare a shadow with what was answered to the same requests.

        Raises:
            ShadowNotFound
        """
        self._records.flush()
        with transaction(self._session):
            return self._view(shadow_id)

    def stop(self, shadow_id: str) -> ShadowView:
        """Take a version out of the shadow; one that was taken out is answered as it is.

        Raises:
            ShadowNotFound
        """
        self._records.flush()
        with transaction(self._session):
            Shadows(self._session).end(self._found(shadow_id).shadow_id)
            view = self._view(shadow_id)
        self._router.changed()
        return view

    def _found(self, shadow_id: str) -> ShadowRecord:
        number = row_number(shadow_id)
        shadow = None if number is None else Shadows(self._session).get(number)
        if shadow is None:
            raise ShadowNotFound(shadow_id)
        return shadow

    def _view(self, shadow_id: str) -> ShadowView:
        shadow = self._found(shadow_id)
        counts = ShadowCounts(self._session, shadow)
        return ShadowView(shadow, counts.sums(), tuple(counts.by_version()), tuple(counts.disagreements()))
