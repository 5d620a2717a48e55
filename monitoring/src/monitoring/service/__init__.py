"""Use cases of monitoring."""

from monitoring.config import telemetry

# Every import of Evidently stands in a module of this package, so this runs before the first of them.
telemetry.switch_off()
