"""docs/database.md says what the tables are."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from datasetdb.model import Base
from datasetdb.repository.predictions import Predictions

PAGE = (Path(__file__).parents[3] / "docs" / "database.md").read_text(encoding="utf-8")
STATEMENTS = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL).group(1).split(";\n")[:-1]


def section(table):
    return re.search(rf"^## {table}$(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL).group(1)


@pytest.mark.parametrize("table", Base.metadata.tables)
def test_every_column_has_its_line(table):
    described = re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| ([^|]*) \|", section(table), re.MULTILINE)))
    assert described == list(Base.metadata.tables[table].columns.keys())


@pytest.mark.parametrize("table", Base.metadata.tables)
def test_the_diagram_shows_every_column(table):
    drawn = re.search(rf"^    {table} {{\n(.*?)^    }}", PAGE, re.MULTILINE | re.DOTALL).group(1)
    assert re.findall(r"^ +\w+ (\w+)", drawn, re.MULTILINE) == list(
        Base.metadata.tables[table].columns.keys()
    )


def test_its_statements_run(session, load_wine, wine_rows):
    record = load_wine(30)
    Predictions(session).replace(record, wine_rows(30)[1], "v1")
    loaded, places, means, accuracy = [session.execute(text(statement)).all() for statement in STATEMENTS]
    assert [row.name for row in loaded] == ["training"]
    assert [(row.number, row.name) for row in places] == [(i + 1, f"feature_{i}") for i in range(13)]
    assert means[0].mean == pytest.approx(wine_rows(30)[0]["feature_0"].mean())
    assert [(row.model_version, row.accuracy) for row in accuracy] == [("v1", 1)]
