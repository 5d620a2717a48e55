"""Docker is chosen only where it can work; asked for where it cannot, it is refused with the reason."""

import pytest

from stack.errors import StackError
from stack.mode import choose_mode

# an engine that answers, one that is not started, and one without Compose
ANSWERS = "#!/bin/sh\nexit 0\n"
STOPPED = '#!/bin/sh\n[ "$1" = compose ]\n'
WITHOUT_COMPOSE = '#!/bin/sh\n[ "$1" = info ]\n'


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Put a `docker` command of that behaviour, or none, on an otherwise empty PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")

    def made(docker=None, compose_file=True):
        if compose_file:
            (tmp_path / "docker-compose.yml").write_text("services: {}\n")
        if docker:
            (tmp_path / "bin" / "docker").write_text(docker)
            (tmp_path / "bin" / "docker").chmod(0o755)
        return tmp_path

    return made


def test_docker_is_chosen_where_engine_compose_and_file_are_there(machine):
    assert choose_mode(None, machine(ANSWERS)) == "docker"
    assert choose_mode("docker", machine(ANSWERS)) == "docker"


def test_local_is_chosen_when_it_was_asked_for(machine):
    assert choose_mode("local", machine(ANSWERS)) == "local"


@pytest.mark.parametrize(
    ("docker", "compose_file", "reason"),
    [
        (ANSWERS, False, "docker-compose.yml"),
        (None, True, "no `docker` command"),
        (STOPPED, True, "no Docker engine answers"),
        (WITHOUT_COMPOSE, True, "Compose is missing"),
    ],
)
def test_without_one_of_them_it_is_local_and_docker_is_refused(machine, docker, compose_file, reason):
    repository = machine(docker, compose_file)
    assert choose_mode(None, repository) == "local"
    with pytest.raises(StackError, match=reason):
        choose_mode("docker", repository)
