"""The name that prometheus_client reads at import, kept apart so that it can be set before."""

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"
