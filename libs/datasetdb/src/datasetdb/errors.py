"""What can go wrong with a dataset, built from typed arguments so that each message writes itself."""

from collections.abc import Iterable


def _listed(names: Iterable[object]) -> str:
    return ", ".join(repr(name) for name in names)


class DatasetError(Exception):
    """Base of every error that this package raises on purpose."""


class InvalidSchema(DatasetError):
    """A source's description contradicts itself."""


class SchemaMismatch(DatasetError):
    """A source of this name exists with other columns or another target."""

    def __init__(self, source: str) -> None:
        super().__init__(f"source {source!r} exists with another schema; give the new one another name")
        self.source = source


class SourceNotFound(DatasetError):
    """No source of this name was added."""

    def __init__(self, source: str) -> None:
        super().__init__(f"source {source!r} is not known; add its schema first")
        self.source = source


class DatasetReplaced(DatasetError):
    """The dataset of this record was replaced or deleted after the record was read."""

    def __init__(self, source: str, name: str) -> None:
        super().__init__(
            f"set {name!r} of {source!r} was replaced or deleted meanwhile; read its record again"
        )
        self.source = source
        self.name = name


class DatasetNotFound(DatasetError):
    """No dataset has this id."""

    def __init__(self, dataset_id: int) -> None:
        super().__init__(f"there is no dataset with id {dataset_id}; it was replaced or deleted meanwhile")
        self.dataset_id = dataset_id


class InvalidFrame(DatasetError):
    """Rows that do not fit their source's schema; nothing of them was written."""


class ColumnsMismatch(InvalidFrame):
    """A frame's columns are not the source's."""

    def __init__(
        self, missing: Iterable[object] = (), unknown: Iterable[object] = (), repeated: Iterable[object] = ()
    ) -> None:
        self.missing, self.unknown, self.repeated = tuple(missing), tuple(unknown), tuple(repeated)
        kinds = {"missing": self.missing, "unknown": self.unknown, "repeated": self.repeated}
        super().__init__(
            "; ".join(f"{kind} columns: {_listed(names)}" for kind, names in kinds.items() if names)
        )

    @property
    def any(self) -> bool:
        """Whether there is anything to complain about."""
        return bool(self.missing or self.unknown or self.repeated)


class InvalidColumn(InvalidFrame):
    """A column holds values that its kind does not allow."""

    def __init__(self, column: str, kind: str, problem: str) -> None:
        super().__init__(f"column {column!r} ({kind}) {problem}")
        self.column = column
        self.kind = kind


class InvalidSampleIndex(InvalidFrame):
    """The index of a frame cannot serve as sample_index."""


class DuplicateSampleIndex(InvalidSampleIndex):
    """The same sample_index occurs twice, in one frame or together with rows that are stored."""

    def __init__(self, examples: Iterable[int] = ()) -> None:
        self.examples = tuple(examples)
        shown = f": {_listed(self.examples)}" if self.examples else ""
        super().__init__(f"sample_index occurs more than once{shown}")


class UnknownSampleIndex(InvalidSampleIndex):
    """Predictions name samples that the dataset does not have."""

    def __init__(self, source: str, name: str) -> None:
        super().__init__(
            f"the index is not that of set {name!r} of {source!r}: one prediction for each sample"
        )
        self.source = source
        self.name = name


class UnknownClass(InvalidFrame):
    """A target or prediction is none of the source's classes."""

    def __init__(self, column: str, unknown: Iterable[object], classes: Iterable[object]) -> None:
        self.column = column
        self.unknown, self.classes = tuple(unknown), tuple(classes)
        super().__init__(
            f"{column!r} has unknown classes: {_listed(self.unknown)}; known: {_listed(self.classes)}"
        )
