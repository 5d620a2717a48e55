"""A/B tests and shadows."""

from ml_model.bootstrap.parts import Parts
from ml_model.service.ab_testing import ABTesting
from ml_model.service.shadowing import Shadowing
from ml_model.web.controller.abtests import ABTest, ABTests, StopABTest
from ml_model.web.controller.shadows import Shadow, Shadows, StopShadow
from servicekit.web.app import Mount


def ab_tests_mounts(parts: Parts) -> list[Mount]:
    """Build the use cases around tests and shadows, and say where they answer."""
    testing = {"testing": ABTesting(parts.session, parts.router, parts.records)}
    shadowing = {"shadowing": Shadowing(parts.session, parts.router, parts.records)}
    return [
        Mount(ABTests, "/api/v1/abtests", testing),
        Mount(ABTest, "/api/v1/abtests/<abtest_id>", testing),
        Mount(StopABTest, "/api/v1/stop_ab_test/<abtest_id>", testing),
        Mount(Shadows, "/api/v1/shadows", shadowing),
        Mount(Shadow, "/api/v1/shadows/<shadow_id>", shadowing),
        Mount(StopShadow, "/api/v1/stop_shadow/<shadow_id>", shadowing),
    ]
