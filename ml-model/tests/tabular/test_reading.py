"""Files in all their forms: what is read, what is named, what is refused."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_model.serving.signature import Field, Signature
from ml_model.tabular import careful, pieces
from ml_model.tabular.faults import FileRefused
from ml_model.tabular.opening import open_table

PLAIN = Signature((Field("a"), Field("b")), (0, 1), imputes=False)
FILLS = Signature((Field("a"), Field("b")), (0, 1), imputes=True)
MIXED = Signature(
    (Field("n", "integer"), Field("flag", "boolean"), Field("town", "category")), ("x", "y"), imputes=False
)


def read(content, signature=PLAIN):
    content = content.encode() if isinstance(content, str) else content
    file = open_table(io.BytesIO(content), signature)
    values, rows, lines, refused = [], [], [], []
    for block in file.blocks():
        values += [tuple(row) for row in zip(*(c.to_pylist() for c in block.columns.columns), strict=True)]
        rows += block.rows.tolist()
        lines += block.lines.tolist()
        refused += block.refused
    return file, values, rows, lines, refused


def test_columns_are_found_by_name_in_any_order_and_others_are_named():
    file, values, rows, lines, refused = read("\ufeffextra,b,a\nx,2,1\ny,4,3\n")
    assert (values, rows, lines, refused) == ([(1, 2), (3, 4)], [1, 2], [2, 3], [])
    assert file.choice.ignored == ("extra",)


def test_broken_rows_are_named_by_their_line_and_the_others_are_read():
    text = 'a,b\n1,2\nx,3\n4\n5,6,7\n"8\n",9\n\n10,inf\n,11\n12,13'
    _, values, rows, lines, refused = read(text)
    assert values == [(1, 2), (8, 9), (12, 13)]
    assert rows == [1, 5, 8]
    assert lines == [2, 6, 11]
    assert [(one.row, one.line) for one in refused] == [(2, 3), (3, 4), (4, 5), (6, 9), (7, 10)]
    assert [one.reason for one in refused] == [
        "a is not a number",
        "has 1 values instead of 2",
        "has 3 values instead of 2",
        "b is not finite",
        "a is missing",
    ]


def test_a_model_that_fills_in_takes_missing_values_and_missing_columns():
    file, values, _, _, refused = read("a\n1\nNA\n\n2\n", FILLS)
    assert file.choice.absent == ("b",)
    assert values[0][0] == 1
    assert refused == []
    assert all(value[1] is None for value in values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,c\n1,2\n", "'b'"),
        ("a;b\n1;2\n", "semicolons"),
        ("a\tb\n1\t2\n", "tabs"),
        ("a,b,a\n1,2,3\n", "more than once"),
        ("\n1,2\n", "header"),
        (b"\xff\xfe\x00\n", "UTF-8"),
        (b"PAR1 and nothing more", "Parquet"),
        ("a" * 2_000_000, "header has more"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, said):
    with pytest.raises(FileRefused, match=said):
        read(text)


def test_kinds_are_checked():
    text = "n,flag,town\n1,true,Ulm\n1.5,false,Ulm\n2,2,Ulm\n3,1,\n9007199254740994,0,Bonn\n4,0,Köln\n"
    _, values, _, lines, refused = read(text, MIXED)
    assert values == [(1.0, 1.0, "Ulm"), (4.0, 0.0, "Köln")]
    assert lines == [2, 7]
    assert len(refused) == 4


def test_small_pieces_give_the_same_rows(monkeypatch):
    draw = np.random.default_rng(42)
    body = [f'{a:.3f},"{b:.3f}"' if b > 0 else f"{a:.3f},{b:.3f}" for a, b in draw.normal(size=(3000, 2))]
    for broken in (5, 700, 2999):
        body[broken] = "x,y"
    body[100] = '"1.0\n",2.0'
    text = "a,b\n" + "\n".join(body) + "\n"
    whole = read(text)[1:]
    monkeypatch.setattr(pieces, "WHOLE_BYTES", 0)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 777)
    monkeypatch.setattr(careful, "SMALL_BYTES", 200)
    assert read(text)[1:] == whole
    assert [one.line for one in whole[3]] == [7, 703, 3002]
    assert whole[1] == [row for row in range(1, 3001) if row not in (6, 701, 3000)]


def test_a_small_file_is_one_block_and_a_larger_one_is_cut():
    lines = ["1.0,2.0"] * (pieces.WHOLE_BYTES // 8 - 1)
    small, larger = (("\n".join(["a,b", *lines, *more]) + "\n").encode() for more in ([], ["1.0,2.0"]))
    assert len(small) <= pieces.WHOLE_BYTES < len(larger)
    assert [len(block) for block in open_table(io.BytesIO(small), PLAIN).blocks()] == [len(lines)]
    counts = [len(block) for block in open_table(io.BytesIO(larger), PLAIN).blocks()]
    assert sum(counts) == len(lines) + 1
    assert max(counts) <= pieces.PIECE_BYTES // 8 + 1


def parquet(**columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_parquet_is_read_by_name_and_whatever_number_type():
    content = parquet(
        b=pa.array([2, None], pa.int8()), z=pa.array([1, 1]), a=pa.array([1.5, 2.5], pa.float32())
    )
    file, values, rows, _, refused = read(content)
    assert (values, rows) == ([(1.5, 2)], [1])
    assert [(one.row, one.reason) for one in refused] == [(2, "b is missing")]
    assert file.choice.ignored == ("z",)


def test_parquet_with_text_for_numbers_or_damage_is_refused():
    with pytest.raises(FileRefused, match=r"'a'.*string"):
        read(parquet(a=["x"], b=[1.0]))
    content = bytearray(parquet(a=np.arange(5000.0), b=np.arange(5000.0)))
    content[50:4000] = b"\0" * 3950
    with pytest.raises(FileRefused, match="damaged"):
        read(bytes(content))
