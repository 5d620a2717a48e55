"""Look at endpoints, their versions and the history of statuses."""

from dataclasses import dataclass

from ml_model.persistence.model.registry_record import (
    AlgorithmFilter,
    AlgorithmRecord,
    EndpointFilter,
    EndpointRecord,
    StatusFilter,
    StatusRecord,
)
from ml_model.persistence.repository.algorithm_statuses import AlgorithmStatuses
from ml_model.persistence.repository.algorithms import Algorithms
from ml_model.persistence.repository.endpoints import Endpoints
from ml_model.service.registry_errors import UnknownAlgorithm, UnknownEndpoint, UnknownStatus
from ml_model.utils.numbers import row_number
from servicekit.database import AnySession, transaction


@dataclass(frozen=True)
class Paging:
    """Which part of a list is wanted."""

    limit: int
    offset: int


@dataclass(frozen=True)
class EndpointPage:
    """Some endpoints, and the number of all."""

    endpoints: list[EndpointRecord]
    total: int


@dataclass(frozen=True)
class AlgorithmPage:
    """Some versions, and the number of all."""

    algorithms: list[AlgorithmRecord]
    total: int


@dataclass(frozen=True)
class StatusPage:
    """Some entries of the history, and the number of all."""

    statuses: list[StatusRecord]
    total: int


class Registry:
    """The use cases of looking."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def endpoints(self, wanted: EndpointFilter, paging: Paging) -> EndpointPage:
        """List endpoints by name."""
        with transaction(self._session):
            endpoints = Endpoints(self._session)
            found = endpoints.listed(wanted, paging.limit, paging.offset)
            return EndpointPage(found, endpoints.count(wanted))

    def endpoint(self, name_or_id: str) -> EndpointRecord:
        """Find an endpoint by its id or its name, which never is a number.

        Raises:
            UnknownEndpoint
        """
        number = row_number(name_or_id)
        if "\x00" in name_or_id:  # which PostgreSQL takes in no text
            raise UnknownEndpoint(name_or_id)
        with transaction(self._session):
            endpoints = Endpoints(self._session)
            found = endpoints.named(name_or_id) if number is None else endpoints.get(number)
        if found is None:
            raise UnknownEndpoint(name_or_id)
        return found

    def algorithms(self, wanted: AlgorithmFilter, paging: Paging) -> AlgorithmPage:
        """List versions, the newest first."""
        with transaction(self._session):
            algorithms = Algorithms(self._session)
            found = algorithms.listed(wanted, paging.limit, paging.offset)
            return AlgorithmPage(found, algorithms.count(wanted))

    def algorithm(self, algorithm_id: str) -> AlgorithmRecord:
        """Find a version by its id.

        Raises:
            UnknownAlgorithm
        """
        number = row_number(algorithm_id)
        with transaction(self._session):
            found = None if number is None else Algorithms(self._session).get(number)
        if found is None:
            raise UnknownAlgorithm(algorithm_id)
        return found

    def statuses(self, wanted: StatusFilter, paging: Paging) -> StatusPage:
        """List entries of the history, the newest first."""
        with transaction(self._session):
            statuses = AlgorithmStatuses(self._session)
            found = statuses.listed(wanted, paging.limit, paging.offset)
            return StatusPage(found, statuses.count(wanted))

    def status(self, status_id: str) -> StatusRecord:
        """Find an entry of the history by its id.

        Raises:
            UnknownStatus
        """
        number = row_number(status_id)
        with transaction(self._session):
            found = None if number is None else AlgorithmStatuses(self._session).get(number)
        if found is None:
            raise UnknownStatus(status_id)
        return found
