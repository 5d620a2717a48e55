"""Turn executions into samples: the features that were known before, and the measured time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from predictor.utils.call_history import Calls, call_facts
from predictor.utils.plan_facts import plan_facts
from predictor.utils.relation_facts import Relation, relation_facts, table_rows
from predictor.utils.sample import Sample
from predictor.workload.execution import Execution
from predictor.workload.shapes import Shape
from predictor.workload.windows import Setting


@dataclass(frozen=True)
class Span:
    """When a window ran, under what, and the memory that was available when it began, in per cent."""

    start: datetime
    end: datetime
    setting: Setting
    available_memory_pct: float | None


@dataclass
class Recorder:
    """Makes samples, and remembers the calls for the windows that follow.

    Args:
        database_name: of the samples.
        relations: the catalogue's tables by name.
        past: calls so far by fingerprint.
    """

    database_name: str
    relations: Mapping[str, Relation]
    past: dict[int, list[Calls]] = field(default_factory=dict)

    def record(self, span: Span, executions: Sequence[tuple[Shape, Execution]]) -> list[Sample]:
        """Return one sample for each execution of a window, and count their calls from now on."""
        samples = [self.sample(span, shape, execution) for shape, execution in executions]
        for sample in samples:
            self.past.setdefault(sample.query_hash, []).append(Calls(sample.window_start, sample.calls))
        return samples

    def sample(self, span: Span, shape: Shape, execution: Execution) -> Sample:
        """Return the sample of one execution; its own window's calls are no part of its features."""
        setting = span.setting
        features = {
            **call_facts(self.past.get(shape.query_hash, ()), span.start),
            **relation_facts(execution.document, self.relations),
            **plan_facts(execution.document, setting.work_mem_mb, table_rows(self.relations)),
            "concurrent_queries_avg": float(setting.concurrency),
            "available_memory_pct": span.available_memory_pct,
        }
        return Sample(
            database_name=self.database_name,
            query_hash=shape.query_hash,
            window_start=span.start,
            window_end=span.end,
            features=features,
            calls=1,
            execution_time_ms=execution.milliseconds,
        )
