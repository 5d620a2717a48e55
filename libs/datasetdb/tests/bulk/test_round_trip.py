"""Any frame that is accepted comes back the same."""

import string

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from datasetdb.repository.samples import Samples
from datasetdb.schema import Column, SourceSchema, Target

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
VALUES = {
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "integer": st.integers(-(2**53) + 1, 2**53 - 1),
    "boolean": st.booleans(),
    "category": st.one_of(TEXTS, st.text(string.digits + '{},"\\ NUL', max_size=5)),
}
TYPES = {"float": "float64", "integer": "Int64", "boolean": "boolean"}


@st.composite
def sets(draw):
    """A schema of one to six columns of any kinds, and up to thirty rows for it."""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    schema = SourceSchema(
        "any",
        tuple(Column(f"column {position}", kind) for position, kind in enumerate(kinds)),
        Target("target", "regression"),
    )
    index = draw(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=30))
    features = pd.DataFrame(index=pd.Index(index, dtype="int64", name="sample_index"))
    for column in schema.columns:
        cell = st.one_of(st.none(), VALUES[column.kind])
        cells = draw(st.lists(cell, min_size=len(index), max_size=len(index)))
        features[column.name] = column_of(column.kind, cells)
    target = draw(st.lists(VALUES["float"], min_size=len(index), max_size=len(index)))
    return schema, features, pd.Series(target, index=features.index, dtype="float64", name="target")


def column_of(kind, cells):
    if kind != "category":
        return pd.array(
            [np.nan if kind == "float" and cell is None else cell for cell in cells], dtype=TYPES[kind]
        )
    return pd.Categorical(cells, categories=sorted({cell for cell in cells if cell is not None}))


@given(drawn=sets())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_accepted_set_comes_back_the_same(session, load, drawn):
    schema, features, target = drawn
    with session.begin_nested() as example:
        record = load(session, schema, (features, target))
        read = Samples(session).read(record)
        example.rollback()
    assert record.missing_values == features.isna().sum().sum()
    assert_frame_equal(read.features, features.sort_index(), check_exact=True)
    assert_series_equal(read.target, target.sort_index(), check_exact=True)
