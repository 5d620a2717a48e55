"""The pages say what the code does."""

import importlib
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
}
SHARED_ROUTES = {"/health", "/ready"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("libs/*/README.md")]
    return sorted([*found, *ROOT.glob("*/README.md")])


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
def test_every_route_has_its_heading_in_the_api_page(folder):
    bootstrap = importlib.import_module(f"{SERVICES[folder]}.bootstrap")
    urls = {
        name: SecretStr("postgresql://a:b@127.0.0.1:1/c")
        for name in settings_class(folder).model_fields
        if name.endswith("database_url")
    }
    app = bootstrap.create_app(settings_class(folder)(**urls))
    document = app.test_client().get("/openapi.json").get_json()
    page = (ROOT / "docs" / "api" / f"{folder}.md").read_text(encoding="utf-8")
    missing = [
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        if path not in SHARED_ROUTES
        for method in operations
        if not re.search(rf"^#+ .*{method.upper()} {re.escape(path)}", page, re.MULTILINE)
    ]
    assert missing == []


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


def test_every_column_of_ml_models_tables_has_its_place_in_the_page():
    from ml_model.persistence.model import Base

    page = (ROOT / "docs" / "ml-model-tables.md").read_text(encoding="utf-8")
    missing = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if f"`{column.name}`" not in page.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
    ]
    assert missing == []
