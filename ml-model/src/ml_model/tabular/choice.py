"""Which columns of a file are the model's features."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ml_model.serving.signature import Signature
from ml_model.tabular.faults import FileRefused

MOST_NAMED = 20
MOST_COLUMNS = 10_000
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Choice:
    """The columns that are read.

    Args:
        kinds: by name, in the model's order.
        absent: features that the file does not have and the model fills in.
        ignored: columns that are no feature.
    """

    kinds: dict[str, str]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]


def choose(header: Sequence[str], signature: Signature) -> Choice:
    """Find the model's features among a file's columns, in any order.

    Raises:
        FileRefused: one is missing and the model does not fill it in, or stands there twice.
    """
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"The file has {len(header)} columns; at most {MOST_COLUMNS} are read.")
    kinds = {field.name: field.kind for field in signature.fields}
    counted = Counter(header)
    twice = [name for name in kinds if counted[name] > 1]
    if twice:
        raise _refused("stand in the header more than once", twice)
    absent = tuple(name for name in kinds if name not in counted)
    if len(absent) == len(kinds):
        _check_delimiter(header, kinds)
    if absent and (not signature.imputes or len(absent) == len(kinds)):
        raise _refused("are missing from the header", list(absent))
    return Choice(dict(kinds), absent, tuple(name for name in counted if name not in kinds))


def _check_delimiter(header: Sequence[str], kinds: Mapping[str, str]) -> None:
    if len(header) > 1 and len(kinds) == 1:
        return
    for sign, words in DELIMITERS.items():
        parts = {part.strip().strip('"') for name in header for part in name.split(sign)}
        if len(parts) > len(header) and parts & set(kinds):
            raise FileRefused(
                f"The file is separated by {words}; separate its values by commas, with a point in numbers.",
                ({"field": "file", "reason": f"the delimiter is {sign!r} instead of ','"},),
            )


def _refused(what: str, names: list[str]) -> FileRefused:
    listed = ", ".join(repr(name[:100]) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    details = tuple({"field": name[:100], "reason": f"columns that {what}"} for name in names[:MOST_NAMED])
    return FileRefused(f"These columns {what}: {listed}{more}.", details)
