"""Write docs/configuration.md from the settings classes: `python -m stack.configuration_page`."""

import importlib
from pathlib import Path

from servicekit.settings_table import settings_table

SERVICES = ("simulator", "ml_model", "tracking", "monitoring", "predictor")
PAGE = Path("docs") / "configuration.md"

HEAD = """# Configuration

Every setting is an environment variable. `launch.sh` sets what the parts need to find each other and passes
the rest of its own environment on, so `TRACKING_WORKERS=4 ./launch.sh up` works. What it sets for the
predictor are `DATASET_DATABASE_URL`, `CELERY_BROKER`, `CELERY_BACKEND`, `PREDICTOR_WORKLOAD_DATABASE_URL`,
`PREDICTOR_STATE_DIRECTORY` and `PREDICTOR_JOURNAL_DIRECTORY`, for ml-model the queue and
`ML_MODEL_JOURNAL_DIRECTORY`; of these the queue (`CELERY_BROKER`, `CELERY_BACKEND`) and
`PREDICTOR_WORKLOAD_DATABASE_URL` may be given, to use a Redis and a database that run already. Settings of
`launch.sh` itself stand in [stack/README.md](../stack/README.md).

This page is written by `python -m stack.configuration_page`; a test fails when it is stale.
"""


def render() -> str:
    """Return the page: one table for each service."""
    parts = [HEAD]
    for package in SERVICES:
        settings = importlib.import_module(f"{package}.config.settings").Settings
        parts.append(f"## {package.replace('_', '-')}\n\n{settings_table(settings)}")
    return "\n".join(parts)


def main() -> None:
    """Write the page into the repository."""
    root = Path(__file__).parents[3]
    (root / PAGE).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
