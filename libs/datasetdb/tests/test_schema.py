import pytest

from datasetdb.errors import InvalidSchema
from datasetdb.schema import Column, SourceSchema, Target, columns_document, columns_from


def test_feature_names_keep_the_order_of_the_columns(flowers):
    assert flowers.feature_names == ("length", "colour", "petals", "wild", "place")


def test_columns_are_split_into_numbers_and_categories(flowers):
    assert [column.name for column in flowers.numeric] == ["length", "petals", "wild"]
    assert [column.name for column in flowers.categories] == ["colour", "place"]


def test_columns_survive_their_document(flowers):
    assert columns_from(columns_document(flowers)) == flowers.columns


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Column(" "), id="column without a name"),
        pytest.param(lambda: Column("a\x00b"), id="name that PostgreSQL cannot keep"),
        pytest.param(lambda: Column("a", "text"), id="unknown kind of column"),
        pytest.param(lambda: Target("y", "ranking"), id="unknown kind of target"),
        pytest.param(lambda: Target("y", "classification"), id="classification without classes"),
        pytest.param(lambda: Target("y", "regression", (1, 2)), id="regression with classes"),
        pytest.param(lambda: Target("y", "classification", (1, "one")), id="classes of two types"),
        pytest.param(lambda: Target("y", "classification", (True, False)), id="booleans as classes"),
        pytest.param(lambda: Target("y", "classification", ("a", "a")), id="class named twice"),
        pytest.param(lambda: SourceSchema("s", (), Target("y", "regression")), id="no columns"),
        pytest.param(
            lambda: SourceSchema("s", (Column("a"), Column("a")), Target("y", "regression")),
            id="column named twice",
        ),
        pytest.param(
            lambda: SourceSchema("s", (Column("y"),), Target("y", "regression")), id="target is a feature too"
        ),
    ],
)
def test_a_schema_that_contradicts_itself_is_refused(make):
    with pytest.raises(InvalidSchema):
        make()
