"""The compose file says what the page about containers says; no engine is needed for that."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from stack.containers.secret_files import make_secrets
from stack.parts import PARTS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "containers.md"
EXAMPLE = ROOT / ".env.example"
# What Docker Compose itself writes as a variable.
VARIABLE = re.compile(r"\$\{([A-Z_]+)")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading of the page."""
    section = PAGE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    return rows[2:]


def named_volumes(service: dict) -> list[str]:
    """Return the volumes of a service; files of the repository are none."""
    sources = [volume.partition(":")[0] for volume in service.get("volumes", [])]
    return [source for source in sources if not source.startswith("./")]


def row_of(name: str, service: dict) -> list[str]:
    ports = [port.rpartition(":")[2] for port in service.get("ports", [])]
    volumes = named_volumes(service)
    image = (
        service["image"].removeprefix("${IMAGES:-mlops-microservices}/").removesuffix(":${IMAGE_TAG:-latest}")
    )
    memory = service["deploy"]["resources"]["limits"]["memory"]
    user = service["user"].partition(":")[0]
    return [
        name,
        image,
        *ports,
        *[""][len(ports) :],
        ", ".join(service["networks"]),
        ", ".join(volumes),
        user,
        memory,
    ]


def test_the_table_of_parts_is_that_of_the_file(compose):
    documented = {row[0]: row for row in table("Parts")}
    assert documented == {name: row_of(name, service) for name, service in compose["services"].items()}


def test_the_table_of_secrets_is_that_of_the_file_and_of_what_makes_them(compose, tmp_path):
    used: dict[str, set[str]] = {}
    for name, service in compose["services"].items():
        for secret in service.get("secrets", []):
            used.setdefault(secret if isinstance(secret, str) else secret["source"], set()).add(name)
    documented = {row[0].strip("`"): set(row[2].split(", ")) for row in table("Secrets")}
    assert documented == used
    assert set(make_secrets(tmp_path / "secrets")) == set(compose["secrets"]) == set(used)


def test_the_volumes_are_documented_and_used(compose):
    documented = {row[0].strip("`") for row in table("Volumes")}
    used = {volume for service in compose["services"].values() for volume in named_volumes(service)}
    assert documented == used == set(compose["volumes"])


def test_every_variable_stands_in_the_example_with_the_same_default(compose):
    text = (ROOT / "docker-compose.yml").read_text()
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert set(VARIABLE.findall(text)) == set(example)
    for name, default in re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text):
        assert example[name] == default, name


def test_what_is_pulled_for_watching_is_pinned_and_hardened_like_the_rest(compose):
    observing = {
        name: service
        for name, service in compose["services"].items()
        if service.get("profiles") == ["observability"]
    }
    assert set(observing) == {"prometheus", "grafana", "jaeger"}
    for service in observing.values():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "backend" not in service["networks"]  # none of them reaches a database
        sources = [volume for volume in service.get("volumes", []) if volume.startswith("./")]
        assert all(volume.endswith(":ro") for volume in sources)
        assert all((ROOT / volume.partition(":")[0]).is_dir() for volume in sources)


def test_the_example_holds_no_password():
    assert not re.search(
        r"(?i)^[A-Z_]*(password|secret|token|key)[A-Z_]*=.+", EXAMPLE.read_text(), re.MULTILINE
    )


def test_every_part_has_its_contracted_port_on_loopback_only(compose):
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    observing = {name for name in published if compose["services"][name].get("profiles") == ["observability"]}
    for (port,) in (published.pop(name) for name in observing):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:-(\d+)\}:\1", port)
    assert set(published) == {part.name for part in PARTS}
    for part in PARTS:
        assert published[part.name] == [f"127.0.0.1:${{{part.prefix}_PORT:-{part.port}}}:{part.port}"]


@pytest.mark.skipif(shutil.which("docker") is None, reason="there is no `docker` command")
@pytest.mark.parametrize("profiles", [(), ("observability",), ("replicas", "tools", "observability")])
def test_compose_accepts_the_file_after_the_example_is_filled_in(tmp_path, profiles):
    filled = EXAMPLE.read_text().replace("SECRETS_DIRECTORY=\n", f"SECRETS_DIRECTORY={tmp_path}\n")
    (tmp_path / "filled.env").write_text(filled)
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    command = ["docker", "compose", "--env-file", str(tmp_path / "filled.env"), *chosen, "config", "--quiet"]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=clean)
    if "is not a docker command" in said.stderr:
        pytest.skip("Docker Compose is missing")
    assert (said.returncode, said.stderr) == (0, "")


def test_without_secrets_compose_says_where_to_look():
    assert "SECRETS_DIRECTORY:?see .env.example" in (ROOT / "docker-compose.yml").read_text()


def test_every_library_goes_to_the_builder_and_no_folder_beside_is_read() -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = [pattern.removeprefix("!") for pattern in patterns if pattern.startswith("!")]
    assert [pattern for pattern in let_in if "*" in pattern] == []
    members = [path.parent.relative_to(ROOT) for path in ROOT.glob("libs/*/pyproject.toml")]
    needed = {f"{member}/{part}" for member in members for part in ("pyproject.toml", "README.md", "src")}
    assert needed <= set(let_in)
