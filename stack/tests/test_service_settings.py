"""What of launch.sh's environment reaches the services in containers."""

from stack.containers.service_settings import service_settings, write_service_settings

GIVEN = {
    "TRACKING_WORKERS": "4",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://jaeger.watch:4318",
    "OTEL_TRACES_SAMPLER_ARG": "0.1",
    "DATABASE_POOL_SIZE": "5",
    "ML_MODEL_HOST": "0.0.0.0",  # noqa: S104 - must not get there
    "PATH": "/bin",
    "TRACKING_SEED": "4\n2",
}


def test_settings_of_the_services_and_of_traces_are_passed_on_and_nothing_else():
    wanted = (
        "TRACKING_WORKERS",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_TRACES_SAMPLER_ARG",
        "DATABASE_POOL_SIZE",
    )
    assert service_settings(GIVEN) == {name: GIVEN[name] for name in sorted(wanted)}


def test_they_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    path = write_service_settings(tmp_path, GIVEN)
    assert "OTEL_TRACES_SAMPLER_ARG='0.1'\n" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
