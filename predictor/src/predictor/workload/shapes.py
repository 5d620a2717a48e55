"""The shapes of the workload's queries: about 1,500 different texts, the same ones for the same seed."""

import itertools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from predictor.workload.draft import Draft
from predictor.workload.draws import Draw
from predictor.workload.families import joins, nested, ordered, scans
from predictor.workload.schema import BARE, INDEXED

FIRST_HASH = 4001
POOL = 1500
TWINS_EACH = 10
"""Every tenth query is there twice, on the tables with indexes and on the bare ones. More twins would make
queries that are held out look easier than new ones are: their twins are learnt from."""

_FAMILIES: tuple[tuple[Callable[[Draft], str], int], ...] = (
    (scans.look_up, 5),
    (scans.filtered_total, 5),
    (scans.either, 3),
    (scans.first_rows, 4),
    (scans.any_rows, 3),
    (scans.pattern, 5),
    (scans.grouped, 5),
    (scans.distinct, 4),
    (joins.join_total, 7),
    (joins.join_selective, 7),
    (joins.join_first_rows, 5),
    (joins.outer_join, 3),
    (joins.fan_out, 2),
    (joins.unequal_join, 2),
    (nested.within, 4),
    (nested.existing, 4),
    (nested.correlated, 4),
    (nested.above_average, 2),
    (nested.nested_twice, 3),
    (nested.derived, 4),
    (nested.common_table, 2),
    (nested.both, 3),
    (nested.latest_children, 3),
    (ordered.far_page, 4),
    (ordered.whole_order, 4),
    (ordered.ranked, 4),
    (ordered.running, 4),
    (ordered.share_of_group, 2),
)
"""Each family and its weight in the mix."""


@dataclass(frozen=True)
class Shape:
    """One query but for its constants.

    Args:
        query_hash: its fingerprint, from 4001 on.
        family: the name of the function that put it together.
        template: its text with a placeholder, such as `{c0}`, for each constant.
        draws: of those constants, in their order.
        indexed: whether it asks the tables that have indexes.
        twin: fingerprint of the same query on the tables that have indexes, where that one is there too.
    """

    query_hash: int
    family: str
    template: str
    draws: tuple[Draw, ...]
    indexed: bool
    twin: int | None

    def render(self, rng: random.Random) -> str:
        """Return the query with constants of its own."""
        values = itertools.chain.from_iterable(draw.literals(rng) for draw in self.draws)
        return self.template.format(**{f"c{number}": value for number, value in enumerate(values)})

    @property
    def text(self) -> str:
        """The query as PostgreSQL's statistics show it: `$1`, `$2`, ... for its constants."""
        count = sum(draw.count for draw in self.draws)
        return self.template.format(**{f"c{number}": f"${number + 1}" for number in range(count)})


def shapes(count: int = POOL, seed: int = 42) -> tuple[Shape, ...]:
    """Return the first shapes, at most 1,500; any first ones are a fair mix of the families."""
    return _pool(seed)[:count]


@lru_cache(maxsize=4)
def _pool(seed: int) -> tuple[Shape, ...]:
    rng = random.Random(seed)  # noqa: S311
    found: list[Shape] = []
    # Sorted by a place within its family, so that each family is spread evenly.
    for number, (_, family, template, draws) in enumerate(sorted(_drafts(rng), key=lambda draft: draft[0])):
        sides = rng.sample((True, False), 2)
        if number % TWINS_EACH:
            sides = sides[:1]
        hashes = [FIRST_HASH + len(found) + place for place in range(len(sides))]
        twin = hashes[sides.index(True)] if len(sides) == 2 else None
        for query_hash, indexed in zip(hashes, sides, strict=True):
            text = template.replace("{s}", INDEXED if indexed else BARE)
            found.append(Shape(query_hash, family, text, draws, indexed, None if indexed else twin))
    return tuple(found[:POOL])


def _drafts(rng: random.Random) -> Iterator[tuple[float, str, str, tuple[Draw, ...]]]:
    """Yield queries with their family and a place between 0 and 1 that spreads the family evenly."""
    known: set[str] = set()
    whole = sum(weight for _, weight in _FAMILIES)
    missing = most = -(-POOL * TWINS_EACH // (TWINS_EACH + 1))
    for family, weight in _FAMILIES:
        wanted = min(missing, -(-most * weight // whole))
        missing -= wanted
        found = 0
        while found < wanted:
            draft = Draft(rng)
            template = family(draft)
            if (key := _without_constants(template)) not in known:
                known.add(key)
                place = (found + rng.random()) / wanted
                found += 1
                yield place, family.__name__, template, tuple(draft.draws)


def _without_constants(text: str) -> str:
    """Return a text in which all constants look alike, so that texts differ as fingerprints do."""
    return re.sub(r"'[^']*'|\{c\d+\}|\b\d+(\.\d+)?\b", "?", text)
