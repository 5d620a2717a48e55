"""The pages say what the code does."""

import importlib
import pkgutil
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

ROOT = Path(__file__).parents[2]
SERVICES = {
    "simulator": "simulator",
    "ml-model": "ml_model",
    "tracking": "tracking",
    "monitoring": "monitoring",
    "predictor": "predictor",
}
# Services whose routes fill more than the page of their name.
MORE_API_PAGES = {"ml-model": ["serving"]}
SHARED_ROUTES = {"/health", "/ready"}
SETTING = re.compile(r"\b(?:SIMULATOR|ML_MODEL|TRACKING|MONITORING|PREDICTOR)_[A-Z_]*[A-Z]\b")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("libs/*/README.md")]
    return sorted([*found, *ROOT.glob("*/README.md")])


def api_pages(folder):
    names = [folder, *MORE_API_PAGES.get(folder, [])]
    return "\n".join((ROOT / "docs" / "api" / f"{name}.md").read_text(encoding="utf-8") for name in names)


def settings_class(folder):
    return importlib.import_module(f"{SERVICES[folder]}.config.settings").Settings


def test_the_page_of_settings_is_what_the_settings_classes_say():
    page = importlib.import_module("stack.configuration_page")
    assert (ROOT / page.PAGE).read_text(encoding="utf-8") == page.render(), (
        "write it anew with `python -m stack.configuration_page`"
    )


@pytest.mark.parametrize("folder", SERVICES)
def test_every_setting_has_a_description(folder):
    silent = [name for name, field in settings_class(folder).model_fields.items() if not field.description]
    assert silent == []


@pytest.mark.parametrize("folder", SERVICES)
def test_every_route_has_its_heading_in_the_api_pages(folder):
    bootstrap = importlib.import_module(f"{SERVICES[folder]}.bootstrap")
    urls = {
        name: SecretStr("postgresql://a:b@127.0.0.1:1/c")
        for name in settings_class(folder).model_fields
        if name.endswith("database_url")
    }
    if "celery_broker" in settings_class(folder).model_fields:
        urls["CELERY_BROKER"] = SecretStr("redis://127.0.0.1:1/0")
    app = bootstrap.create_app(settings_class(folder)(**urls))
    document = app.test_client().get("/openapi.json").get_json()
    text = api_pages(folder)
    missing = [
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        if path not in SHARED_ROUTES
        for method in operations
        if not re.search(rf"^#+ .*{method.upper()} {re.escape(path)}$", text, re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_that_a_page_names_are_there(page):
    known = "".join((ROOT / place).read_text() for place in ("docs/configuration.md", "stack/README.md"))
    named = set(SETTING.findall(page.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if f"`{name}`" not in known] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page):
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith(("#", "mailto:")):
            continue
        path = unquote(target.partition("#")[0])
        if not (page.parent / path).exists():
            broken.append(target)
    assert broken == []


TABLES = {"ml-model": "ml_model", "predictor": "predictor"}


@pytest.mark.parametrize("folder", TABLES)
def test_every_column_of_a_services_own_tables_has_its_place_in_the_page(folder):
    base = importlib.import_module(f"{TABLES[folder]}.persistence.model").Base
    page = (ROOT / "docs" / f"{folder}-tables.md").read_text(encoding="utf-8")
    missing = [
        f"{table.name}.{column.name}"
        for table in base.metadata.tables.values()
        for column in table.columns
        if f"`{column.name}`" not in page.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
    ]
    assert missing == []


def test_the_table_of_features_is_that_of_the_code():
    from predictor.utils.features import FEATURES

    values = {"flag": "0 or 1", "count": "whole number", "number": "number"}
    wanted = [
        f"| `{feature.name}` | {feature.meaning} | {values[feature.kind]}"
        + ("" if feature.kind == "flag" else f", at most {feature.most:g}")
        + " |"
        for feature in FEATURES
    ]
    page = (ROOT / "docs" / "predictor-model.md").read_text(encoding="utf-8")
    section = page.partition("## Features\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == wanted


def test_every_model_type_has_its_row():
    from predictor.learning.estimators import model_types

    page = (ROOT / "docs" / "predictor-model.md").read_text(encoding="utf-8")
    section = page.partition("## Model types\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert re.findall(r"`(\w+)`", "".join(rows)) == list(model_types())


def test_every_improvement_of_the_optimized_scenario_has_its_row():
    from predictor.learning.improvements import IMPROVEMENTS

    page = (ROOT / "docs" / "predictor-model.md").read_text(encoding="utf-8")
    section = page.partition("## The optimized scenario\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip(" `") for line in section.splitlines() if line.startswith("| `")]
    assert rows == [improvement.name for improvement in IMPROVEMENTS]


def test_every_error_of_predictor_is_explained_in_its_api_page():
    from servicekit.errors import ServiceError

    for module in ("service.errors", "service.import_errors", "service.collection_errors"):
        importlib.import_module(f"predictor.{module}")
    importlib.import_module("predictor.client.observed_errors")
    page = (ROOT / "docs" / "api" / "predictor.md").read_text(encoding="utf-8")
    own = [each for each in descendants(ServiceError) if each.__module__.startswith("predictor.")]
    assert len(own) > 10
    assert sorted({each.error for each in own if f"`{each.error}`" not in page}) == []


def test_every_error_of_ml_model_stands_in_its_api_pages():
    from servicekit.errors import ServiceError

    package = importlib.import_module("ml_model")
    for module in pkgutil.walk_packages(package.__path__, "ml_model."):
        if module.name.startswith(("ml_model.service", "ml_model.web")):
            importlib.import_module(module.name)
    text = api_pages("ml-model")
    own = [each for each in descendants(ServiceError) if each.__module__.startswith("ml_model.")]
    assert len(own) > 40
    assert sorted({each.error for each in own if each.error not in text}) == []


def descendants(kind):
    for each in kind.__subclasses__():
        yield each
        yield from descendants(each)
