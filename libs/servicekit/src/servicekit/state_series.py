"""Series that are read from where the state is, each time they are asked for.

Every process of a service reads the same place, so it does not matter which one answers, and no request pays
for them.
"""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from servicekit.logs import get_logger

log = get_logger(__name__)

Read = Callable[[], Iterable[Metric]]


class StateSeries(Collector):
    """Reads each place; one that does not answer has no series, and `metrics_source_up` says so."""

    def __init__(self) -> None:
        self._places: dict[str, Read] = {}

    def add(self, source: str, read: Read) -> None:
        """Have series read from one more place, under a name that is not there yet."""
        if source in self._places:
            raise ValueError(f"{source} is read already")
        self._places[source] = read

    def collect(self) -> Iterator[Metric]:
        """Read every place now."""
        up = GaugeMetricFamily(
            "metrics_source_up", "Whether the source of series that are read now answered.", labels=["source"]
        )
        for source, read in self._places.items():
            try:
                families = list(read())
            except Exception as fault:  # noqa: BLE001 - each library fails in its own way; the others are read
                log.warning("series not read", source=source, reason=type(fault).__name__)
                families = []
                up.add_metric([source], 0)
            else:
                up.add_metric([source], 1)
            yield from families
        if self._places:
            yield up
