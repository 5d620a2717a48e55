"""Checks the values of a file and makes rows of them, many at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from predictor.persistence.repository.bulk_samples import SampleColumns
from predictor.service.import_faults import MOST_LISTED, Faults
from predictor.service.import_file import Chunk
from predictor.service.import_values import EPOCH, Values, moments, numbers, texts, whole_numbers
from predictor.utils.features import BY_NAME, Feature
from predictor.utils.sample import LEAST_MILLISECONDS, MOST_MILLISECONDS

HOUR_US = 3_600_000_000
MOST_CALLS = 10**15
MOST_NAME_CHARACTERS = 200
MOST_TEXT_CHARACTERS = 10_000
TOLERANCE = timedelta(days=1)
"""How far ahead of this machine's clock a window may end: clocks and zones differ."""


class RowChecks:
    """Checks chunk after chunk of one file; collects faults, texts of queries and names of databases."""

    def __init__(self, default_database: str, now: datetime | None = None) -> None:
        self.faults = Faults()
        self.texts: dict[str, dict[int, str]] = {}
        self.databases: dict[str, int] = {}
        self._default_database = default_database
        self._latest_us = ((now or datetime.now(UTC)) + TOLERANCE - EPOCH) // timedelta(microseconds=1)
        self._keys: list[pd.DataFrame] = []

    def rows(self, chunk: Chunk) -> SampleColumns:
        """Return a chunk's rows; those with faults mean nothing and are noted."""
        good = np.ones(len(chunk.lines), bool)
        query_hash = self._required(chunk, "query_hash", whole_numbers(chunk.columns["query_hash"]), good)
        start, end = self._windows(chunk, good)
        time = self._times(chunk, good)
        calls = self._calls(chunk, good)
        database = self._database_names(chunk, good)
        features = {
            name: self._feature(chunk, BY_NAME[name], good) for name in chunk.columns if name in BY_NAME
        }
        self._query_texts(chunk, database, query_hash, good)
        keys = {"database": database, "query_hash": query_hash, "start": start, "line": chunk.lines}
        self._keys.append(pd.DataFrame(keys)[good])
        return SampleColumns(database, query_hash, start, end, calls, time, features)

    def find_repeated(self) -> None:
        """Note each row whose database, query and window stand in an earlier row of the file."""
        if not self._keys:
            return
        keys = pd.concat(self._keys, ignore_index=True)
        names = ["database", "query_hash", "start"]
        again = keys[keys.duplicated(names)]
        listed = again.head(MOST_LISTED)
        if listed.empty:
            return
        firsts = keys.drop_duplicates(names).merge(listed[names].drop_duplicates(), on=names)
        by_key = {tuple(row[:3]): row[3] for row in firsts.to_numpy().tolist()}
        for row in listed.to_numpy().tolist():
            reason = f"repeats the database, query and window of line {by_key[tuple(row[:3])]}"
            self.faults.add("window_start", np.array([row[3]]), reason)
        self.faults.add("window_start", again["line"].to_numpy()[MOST_LISTED:], "repeats an earlier line")

    def _note(self, chunk: Chunk, field: str, wrong: np.ndarray, reason: str) -> np.ndarray:
        """Note where a field is wrong, and return where it is not."""
        self.faults.add(field, chunk.lines[wrong], reason)
        return ~wrong

    def _required(self, chunk: Chunk, field: str, read: Values, good: np.ndarray) -> np.ndarray:
        good &= self._note(chunk, field, ~read.known, "is missing")
        good &= self._note(chunk, field, read.bad, _WHAT[field])
        return read.values

    def _windows(self, chunk: Chunk, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        read = moments(chunk.columns["window_start"])
        start = self._required(chunk, "window_start", read, good)
        readable = read.known & ~read.bad
        good &= self._note(chunk, "window_start", readable & (start < 0), "lies before 1970")
        end, given = start + HOUR_US, np.zeros(len(start), bool)
        if "window_end" in chunk.columns:
            stated = moments(chunk.columns["window_end"])
            good &= self._note(chunk, "window_end", stated.bad, _WHAT["window_end"])
            given = stated.known & ~stated.bad
            end = np.where(stated.known, stated.values, end)
        both = readable & given
        good &= self._note(chunk, "window_end", both & (end <= start), "is not later than window_start")
        good &= self._note(chunk, "window_start", readable & (start > self._latest_us), _FUTURE)
        good &= self._note(chunk, "window_end", given & (end > self._latest_us), _FUTURE)
        return start, end

    def _times(self, chunk: Chunk, good: np.ndarray) -> np.ndarray:
        read = numbers(chunk.columns["execution_time_ms"])
        time = self._required(chunk, "execution_time_ms", read, good)
        readable = read.known & ~read.bad
        wrong = readable & ~((time >= LEAST_MILLISECONDS) & (time <= MOST_MILLISECONDS))
        bounds = f"is not from {LEAST_MILLISECONDS:g} to {MOST_MILLISECONDS:g}"
        good &= self._note(chunk, "execution_time_ms", wrong, bounds)
        return time

    def _calls(self, chunk: Chunk, good: np.ndarray) -> np.ndarray:
        if "calls" not in chunk.columns:
            return np.ones(len(good), np.int64)
        read = numbers(chunk.columns["calls"])
        fine = read.known & ~read.bad
        whole = (
            fine & (read.values >= 1) & (read.values <= MOST_CALLS) & (read.values == np.floor(read.values))
        )
        reason = f"is not a whole number between 1 and {MOST_CALLS:g}"
        good &= self._note(chunk, "calls", read.known & ~whole, reason)
        return np.where(whole, read.values, 1).astype(np.int64)

    def _database_names(self, chunk: Chunk, good: np.ndarray) -> np.ndarray:
        """Return the place of each row's database in `databases`."""
        names = self._texts(chunk, "database_name", good)
        wrong = np.fromiter((_is_bad_name(name) for name in names), bool, len(names))
        good &= self._note(
            chunk, "database_name", wrong, f"is longer than {MOST_NAME_CHARACTERS} or holds NUL"
        )
        places = (
            self.databases.setdefault(name or self._default_database, len(self.databases)) if ok else 0
            for name, ok in zip(names, good, strict=True)
        )
        return np.fromiter(places, np.int64, len(names))

    def _feature(self, chunk: Chunk, feature: Feature, good: np.ndarray) -> np.ndarray:
        read = numbers(chunk.columns[feature.name])
        good &= self._note(chunk, feature.name, read.bad, "is not a finite number")
        value, fine = read.values, read.known & ~read.bad
        outside = fine & ~((value >= 0) & (value <= feature.most))
        good &= self._note(chunk, feature.name, outside, f"is not between 0 and {feature.most:g}")
        broken = fine & ~outside & (value != np.floor(value))
        if feature.kind != "number":
            good &= self._note(chunk, feature.name, broken, "is not a whole number")
        return value

    def _query_texts(
        self, chunk: Chunk, database: np.ndarray, query_hash: np.ndarray, good: np.ndarray
    ) -> None:
        queries = self._texts(chunk, "query", good)
        names = list(self.databases)
        with_nul = np.fromiter(("\x00" in text for text in queries), bool, len(queries))
        good &= self._note(chunk, "query", with_nul, "holds the NUL character")
        for index, text in enumerate(queries):
            if text and good[index]:
                of_database = self.texts.setdefault(names[database[index]], {})
                of_database[int(query_hash[index])] = text[:MOST_TEXT_CHARACTERS]

    def _texts(self, chunk: Chunk, field: str, good: np.ndarray) -> Sequence[str]:
        none = [""] * len(good)
        if field not in chunk.columns:
            return none
        written = texts(chunk.columns[field])
        if written is None:
            good &= self._note(chunk, field, np.ones(len(good), bool), "is not a text")
        return none if written is None else written


_WHAT = {
    "query_hash": "is not a whole number of 64 bit",
    "window_start": "is not a time by ISO 8601",
    "window_end": "is not a time by ISO 8601",
    "execution_time_ms": "is not a finite number",
}

_FUTURE = "lies in the future"


def _is_bad_name(name: str) -> bool:
    return len(name) > MOST_NAME_CHARACTERS or "\x00" in name
