"""Turns what an observed PostgreSQL counts of its statements into history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from predictor.client.generic_plans import is_query
from predictor.client.observed_database import Observation, ObservedDatabase, Surroundings
from predictor.client.statement_statistics import Counters
from predictor.persistence.repository.call_history import CallFacts, CallHistory
from predictor.persistence.repository.samples import Samples
from predictor.persistence.repository.statement_counters import Mark, StatementCounters
from predictor.service.collection_errors import NoObservedDatabase
from predictor.service.statement_deltas import Delta, deltas
from predictor.utils.sample import LEAST_MILLISECONDS, Sample
from servicekit.database import AnySession, transaction
from servicekit.logs import get_logger

log = get_logger(__name__)

SOURCE = "collector"
MOST_TEXT_CHARACTERS = 10_000
HISTORY_NAMES = ("query_calls_per_hour", "std_dev_calls", "peak_hour_calls")


@dataclass(frozen=True)
class CollectionRules:
    """How much one collection takes.

    Args:
        database_name: under which the history is kept where a request names none.
        most_statements: whose plans are asked for and whose windows are kept; those that took longest.
        call_history_days: of earlier windows that calls in an hour are taken from.
    """

    database_name: str
    most_statements: int = 1000
    call_history_days: int = 7


@dataclass(frozen=True)
class CollectionSummary:
    """What one collection did.

    Args:
        database_name: under which the history is kept.
        read_at: when the counters were read, by the observed server's clock.
        is_first: nothing was read before, so this reading only tells where the next window begins.
        statements: that are counted there.
        samples: windows that were kept.
        planned: of these, the ones whose plan is known.
        left_out: statements over the most that one collection takes.
        not_queries: statements that are no queries, such as BEGIN or VACUUM.
        hidden: statements of other roles that the reading role may not see.
        reset: statements whose counters began anew since the last reading.
    """

    database_name: str
    read_at: datetime
    is_first: bool
    statements: int
    samples: int = 0
    planned: int = 0
    left_out: int = 0
    not_queries: int = 0
    hidden: int = 0
    reset: int = 0

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        if self.is_first:
            return f"Marked {self.statements} statements; the next collection keeps what they did until then"
        return f"Kept {self.samples} windows of queries, {self.planned} of them with their plans"


class Collection:
    """The use case of one collection."""

    def __init__(
        self, session: AnySession, observed: ObservedDatabase | None, rules: CollectionRules
    ) -> None:
        self._session = session
        self._observed = observed
        self._rules = rules

    def collect(self, database_name: str | None = None) -> CollectionSummary:
        """Read the counters once and keep a sample of each query that was called since the last time.

        Raises:
            NoObservedDatabase: none is set.
            ObservedDatabaseAway: it does not answer.
            NoStatementStatistics, UnknownStatementStatistics: there is nothing to read.
        """
        if self._observed is None:
            raise NoObservedDatabase
        name = database_name or self._rules.database_name
        with transaction(self._session):
            counters = StatementCounters(self._session)
            counters.lock(name)
            with self._observed.reading() as observation:
                found = observation.counters()
                marks = counters.marks(name)
                summary = self._summary(name, observation, found, marks)
                counters.replace(name, _marks(found))
        log.info("collected", **vars(summary))
        return summary

    def _summary(
        self, name: str, observation: Observation, found: Counters, marks: Mapping[int, Mark]
    ) -> CollectionSummary:
        read_at, statements = found.read_at, len(found.rows)
        if not marks:
            return CollectionSummary(name, read_at, is_first=True, statements=statements, hidden=found.hidden)
        since = deltas(found, marks)
        texts = observation.texts(delta.query_hash for delta in since.rows)
        queries = [delta for delta in since.rows if is_query(texts.get(delta.query_hash, ""))]
        taken = queries[: self._rules.most_statements]
        texts = {delta.query_hash: texts[delta.query_hash] for delta in taken}
        planned = observation.plan_features(texts)
        self._keep(name, taken, texts, _Known(read_at, observation.surroundings, planned))
        return CollectionSummary(
            name,
            read_at,
            is_first=False,
            statements=statements,
            samples=len(taken),
            planned=len(planned),
            left_out=len(queries) - len(taken),
            not_queries=len(since.rows) - len(queries),
            hidden=found.hidden,
            reset=since.reset,
        )

    def _keep(self, name: str, taken: list[Delta], texts: Mapping[int, str], known: "_Known") -> None:
        if not taken:
            return
        lookback = timedelta(days=self._rules.call_history_days)
        calls = CallHistory(self._session).before(name, list(texts), taken[0].window_start, lookback)
        samples = Samples(self._session)
        samples.add([known.sample(name, delta, calls.get(delta.query_hash)) for delta in taken], SOURCE)
        samples.name_queries(name, {key: text[:MOST_TEXT_CHARACTERS] for key, text in texts.items()})


@dataclass(frozen=True)
class _Known:
    """What one reading knows beside the counters."""

    read_at: datetime
    surroundings: Surroundings
    planned: Mapping[int, Mapping[str, float | None]]

    def sample(self, name: str, delta: Delta, calls: CallFacts | None) -> Sample:
        """Return the sample of one statement's window."""
        features: dict[str, float | None] = {
            "concurrent_queries_avg": float(self.surroundings.active_queries),
            "available_memory_pct": self.surroundings.available_memory_pct,
            "work_mem_mb": self.surroundings.work_mem_mb,
        }
        if calls is not None:
            features |= dict(zip(HISTORY_NAMES, (calls.per_hour, calls.std_dev, calls.peak), strict=True))
        return Sample(
            database_name=name,
            query_hash=delta.query_hash,
            window_start=delta.window_start,
            window_end=self.read_at,
            features=features | dict(self.planned.get(delta.query_hash, {})),
            calls=delta.calls,
            execution_time_ms=max(LEAST_MILLISECONDS, delta.total_ms / delta.calls),
        )


def _marks(found: Counters) -> list[Mark]:
    return [Mark(row.query_hash, row.calls, row.total_exec_time_ms, found.read_at) for row in found.rows]
