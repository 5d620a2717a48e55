"""The only module that knows every layer: settings to services to app."""

from dataclasses import dataclass

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from monitoring.config.settings import Settings
from monitoring.service.comparison import Sampling
from monitoring.service.drift_report import DriftReport
from monitoring.service.group_testing import GroupTesting
from monitoring.service.report_page import ReportPage
from monitoring.service.series import MonitoringSeries
from monitoring.service.set_reading import Pair, SetReading
from monitoring.service.thresholds import Thresholds
from monitoring.web.controller.monitoring import Monitoring
from monitoring.web.controller.report_pages import ReportPages
from servicekit.database import attach_database, database_check
from servicekit.metrics import Metrics
from servicekit.web.app import Identity, Mount, add_routes, new_app

IDENTITY = Identity(
    "monitoring", "0.1.0", "Evidently reports, tests and summaries; decides when to re-train."
)


@dataclass(frozen=True)
class Services:
    """The use cases of monitoring."""

    report: DriftReport
    testing: GroupTesting
    page: ReportPage


def build_services(settings: Settings, database: SQLAlchemy, metrics: Metrics) -> Services:
    """Wire the use cases."""
    defaults = Pair(settings.default_source, settings.reference_set, settings.current_set)
    reading = SetReading(database.session, defaults, Sampling(settings.sample_rows, settings.seed))
    thresholds = Thresholds(settings.drift_share, settings.performance_drop, settings.verdict_rows)
    series = MonitoringSeries(metrics.registry)
    return Services(
        DriftReport(reading, thresholds), GroupTesting(reading, thresholds, series), ReportPage(reading)
    )


def create_app(settings: Settings | None = None) -> Flask:
    """Build monitoring's app; opens no connection."""
    settings = settings or Settings()
    app, metrics = new_app(IDENTITY, settings)
    database = attach_database(app, settings)
    services = build_services(settings, database, metrics)
    mounts = [
        Mount(Monitoring, "/root/monitoring", {"report": services.report, "testing": services.testing}),
        Mount(ReportPages, "/root/monitoring/report.html", {"page": services.page}),
    ]
    add_routes(app, mounts, {"dataset_db": database_check(database.session)})
    return app
