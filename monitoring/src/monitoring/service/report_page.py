"""The report as Evidently's own page, with figures."""

import html
from threading import Lock
from typing import Any

from evidently import Dataset, Report
from evidently.metrics import ValueDrift
from evidently.presets import ClassificationPreset, DataDriftPreset, DataSummaryPreset, RegressionPreset

from monitoring.service.comparison import Comparison
from monitoring.service.errors import ReportNotDrawn
from monitoring.service.evidently_dataset import evidently_dataset
from monitoring.service.measurement import FAULTS
from monitoring.service.set_reading import Choice, SetReading
from servicekit.logs import get_logger

log = get_logger(__name__)


class ReportPage:
    """The use case behind `report.html`.

    Evidently keeps some of its metrics, with what they last found, for the whole process; so one page is
    drawn at a time.
    """

    def __init__(self, reading: SetReading) -> None:
        self._reading = reading
        self._drawing = Lock()

    def draw(self, choice: Choice) -> str:
        """Return a page that loads nothing from elsewhere.

        Raises:
            ReportNotDrawn: Evidently can draw none of its parts.
            What SetReading.read raises.
        """
        comparison = self._reading.read(choice).comparison
        with self._drawing:
            return draw_page(comparison)


def draw_page(comparison: Comparison) -> str:
    """Draw the comparison; parts that Evidently cannot draw are left out, and the page says so.

    Raises:
        ReportNotDrawn: nothing is left.
    """
    current = evidently_dataset(comparison, comparison.current)
    reference = evidently_dataset(comparison, comparison.reference)
    parts = _parts(comparison)
    page = _drawn(list(parts.values()), current, reference)
    if page is not None:
        return _noted(page, comparison, [])
    good = {name: part for name, part in parts.items() if _drawn([part], current, reference) is not None}
    page = _drawn(list(good.values()), current, reference) if good else None
    if page is None:
        raise ReportNotDrawn
    return _noted(page, comparison, [name for name in parts if name not in good])


def _parts(comparison: Comparison) -> dict[str, Any]:
    columns, labels = comparison.comparable, [comparison.target, comparison.prediction]
    features = {"drift of the features": DataDriftPreset(columns=columns)} if columns else {}
    return {
        **features,
        **{f"drift of {label}": ValueDrift(column=label) for label in labels},
        "performance": ClassificationPreset() if comparison.is_classification else RegressionPreset(),
        "summary of the data": DataSummaryPreset(columns=[*columns, *labels]),
    }


def _drawn(parts: list[Any], current: Dataset, reference: Dataset) -> str | None:
    try:
        page: str = Report(parts).run(current, reference).get_html_str(as_iframe=False)
    except FAULTS as fault:
        log.warning("report not drawn", parts=len(parts), reason=repr(fault))
        return None
    return page


def _noted(page: str, comparison: Comparison, left_out: list[str]) -> str:
    notes = [f"{feature} is left out: {reason}." for feature, reason in comparison.empty_features.items()]
    notes += [f"Evidently could not draw: {', '.join(left_out)}."] if left_out else []
    notes += comparison.notes
    text = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return page.replace("<body>", f"<body>{text}", 1)
