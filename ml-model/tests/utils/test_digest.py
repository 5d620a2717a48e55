import pytest

from datasetdb.schema import Column, SourceSchema, Target
from ml_model.utils.digest import set_fingerprint


def test_the_fingerprint_depends_on_everything_that_a_fit_depends_on(wine_sets, wine_schema):
    features, target = wine_sets["testing"]
    first = set_fingerprint(wine_schema, features, target)
    assert set_fingerprint(wine_schema, features.copy(), target.copy()) == first
    changed = features.copy()
    changed.iloc[0, 0] += 1e-12
    relabelled = target.copy()
    relabelled.iloc[0] = (relabelled.iloc[0] + 1) % 3
    renamed = SourceSchema(
        "wine",
        (Column("spirit"), *wine_schema.columns[1:]),
        Target("target", "classification", (0, 1, 2)),
    )
    others = [
        set_fingerprint(wine_schema, changed, target),
        set_fingerprint(wine_schema, features, relabelled),
        set_fingerprint(wine_schema, features.iloc[::-1], target.iloc[::-1]),
        set_fingerprint(renamed, features.rename(columns={"alcohol": "spirit"}), target),
    ]
    assert len({first, *others}) == 5


@pytest.mark.parametrize("name", ["wine", "another source"])
def test_the_name_of_the_source_does_not_count(wine_sets, wine_schema, name):
    features, target = wine_sets["testing"]
    same = SourceSchema(name, wine_schema.columns, wine_schema.target)
    assert set_fingerprint(same, features, target) == set_fingerprint(wine_schema, features, target)
