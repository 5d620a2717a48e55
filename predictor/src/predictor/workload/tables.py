"""What queries may ask of each table: keys, conditions by how much they let through, columns by their use."""

from dataclasses import dataclass

from predictor.workload.draft import Predicate
from predictor.workload.draws import Day, DayRange, Number, NumberRange, Word
from predictor.workload.predicates import among, between, called, compare, flag, half_open, outside, remainder

WORDS = (
    "quick",
    "amber",
    "silent",
    "copper",
    "river",
    "stone",
    "maple",
    "orbit",
    "velvet",
    "signal",
    "harbor",
)


@dataclass(frozen=True)
class Table:
    """One table.

    Args:
        name: within its schema.
        alias: for it in queries.
        rows: how many it has.
        few: conditions that let through less than about 1 % of the rows.
        many: conditions that let through more.
        patterns: conditions by LIKE and regular expressions.
        measures: columns to add up.
        small_groups: columns with few different values.
        large_groups: columns with many.
        order: columns to sort by.
    """

    name: str
    alias: str
    rows: int
    few: tuple[Predicate, ...]
    many: tuple[Predicate, ...]
    patterns: tuple[Predicate, ...]
    measures: tuple[str, ...]
    small_groups: tuple[str, ...]
    large_groups: tuple[str, ...]
    order: tuple[str, ...]


def _patterns(column: str) -> tuple[Predicate, ...]:
    word = Word(tuple(f"%{word}%" for word in WORDS))
    return (
        compare(column, "LIKE", word),
        compare(column, "NOT LIKE", word),
        compare(column, "ILIKE", word),
        compare(
            column, "LIKE", Word(tuple(f"%{first}%{last}%" for first in WORDS[:4] for last in WORDS[4:]))
        ),
        compare(column, "~", Word(tuple(f"{first}.*{last}" for first in WORDS[:4] for last in WORDS[4:]))),
        compare(column, "~*", Word(tuple(f"({first}|{last})" for first in WORDS[:4] for last in WORDS[4:]))),
        called("upper", column, "LIKE", Word(tuple(f"%{word.upper()}%" for word in WORDS))),
        called("length", column, ">", Number(10, 30)),
    )


CUSTOMERS = Table(
    "customers",
    "c",
    15_000,
    few=(
        compare("id", "=", Number(1, 15_000)),
        among("id", Number(1, 15_000), 5, 40),
        between("id", NumberRange(1, 15_000, 100)),
        compare(
            "email", "LIKE", Word(tuple(f"{first}.{last}1%" for first in WORDS[:6] for last in WORDS[6:]))
        ),
        between("signup_date", DayRange("2018-01-01", 1000, 2400, 8)),
        compare("credit", ">", Number(9_700, 9_950, decimals=2)),
    ),
    many=(
        compare("segment", "=", Word(("retail", "wholesale", "online", "press"))),
        compare("signup_date", ">=", Day("2018-01-01", 1200, 2200)),
        between("score", NumberRange(0, 1000, 300)),
        compare("score", "<", Number(300, 700)),
        compare("region_id", "=", Number(1, 40, skew=2)),
        among("region_id", Number(1, 40), 4, 12),
        remainder("id", 7),
        compare("credit", "<", Number(10, 600, decimals=2)),
    ),
    patterns=(*_patterns("name"), *_patterns("email")),
    measures=("credit", "score"),
    small_groups=("segment", "region_id"),
    large_groups=("name", "signup_date", "score"),
    order=("name", "credit", "signup_date", "email", "score"),
)

PRODUCTS = Table(
    "products",
    "p",
    4_000,
    few=(
        compare("id", "=", Number(1, 4_000)),
        among("id", Number(1, 4_000), 3, 20),
        compare(
            "name", "LIKE", Word(tuple(f"{first} {last} 1%" for first in WORDS[:6] for last in WORDS[6:]))
        ),
        between("price", NumberRange(200, 480, 4, decimals=2)),
        compare("supplier_id", "=", Number(20, 300)),
    ),
    many=(
        compare("category", "=", Word(tuple(f"category {number}" for number in range(12)))),
        compare("price", ">", Number(50, 200, decimals=2)),
        compare("weight", "<", Number(1000, 4000)),
        between("weight", NumberRange(10, 5000, 800)),
        flag("discontinued"),
        remainder("id", 5),
    ),
    patterns=(*_patterns("name"), *_patterns("description")),
    measures=("price", "weight"),
    small_groups=("category", "discontinued"),
    large_groups=("supplier_id", "weight"),
    order=("name", "price", "weight", "category"),
)

SUPPLIERS = Table(
    "suppliers",
    "s",
    300,
    few=(compare("id", "=", Number(1, 300)), among("id", Number(1, 300), 2, 6)),
    many=(
        compare("rating", ">=", Number(2, 4)),
        compare("region_id", "=", Number(1, 40, skew=2)),
        compare("region_id", "<", Number(5, 20)),
    ),
    patterns=_patterns("name"),
    measures=("rating",),
    small_groups=("rating", "region_id"),
    large_groups=("name",),
    order=("name", "rating"),
)

REGIONS = Table(
    "regions",
    "g",
    40,
    few=(compare("id", "=", Number(1, 40)),),
    many=(
        compare("country", "=", Word(tuple(f"country {number}" for number in range(9)))),
        compare("id", "<", Number(4, 20)),
    ),
    patterns=_patterns("name"),
    measures=("id",),
    small_groups=("country",),
    large_groups=("name",),
    order=("name",),
)

ORDERS = Table(
    "orders",
    "o",
    75_000,
    few=(
        compare("id", "=", Number(1, 75_000)),
        among("id", Number(1, 75_000), 10, 80),
        compare("customer_id", "=", Number(1, 15_000, skew=2)),
        among("customer_id", Number(20, 15_000), 3, 15),
        between("id", NumberRange(1, 75_000, 300)),
        half_open("order_date", DayRange("2020-01-01", 30, 1700, 6)),
        compare("total", ">", Number(1_900, 1_980, decimals=2)),
        compare("order_date", "=", Day("2020-01-01", 30, 1800)),
    ),
    many=(
        compare("status", "=", Word(("shipped", "paid", "returned", "open"))),
        outside("status", Word(("shipped", "paid", "returned", "open")), 1, 2),
        compare("order_date", ">=", Day("2020-01-01", 600, 1500)),
        between("order_date", DayRange("2020-01-01", 30, 1500, 120)),
        compare("total", "<", Number(6, 80, decimals=2)),
        between("total", NumberRange(100, 900, 250, decimals=2)),
        compare("channel", "=", Word(("web", "phone", "store"))),
        compare("priority", ">=", Number(2, 4)),
        compare("customer_id", "<", Number(20, 800)),
        remainder("id", 11),
    ),
    patterns=_patterns("comment"),
    measures=("total", "priority"),
    small_groups=("status", "channel", "priority"),
    large_groups=("customer_id", "order_date", "comment"),
    order=("total", "order_date", "comment", "customer_id"),
)

ORDER_ITEMS = Table(
    "order_items",
    "i",
    225_000,
    few=(
        compare("order_id", "=", Number(1, 75_000)),
        among("order_id", Number(1, 75_000), 10, 60),
        compare("product_id", "=", Number(50, 4_000)),
        between("order_id", NumberRange(1, 75_000, 200)),
        compare("id", "=", Number(1, 225_000)),
        between("unit_price", NumberRange(300, 480, 3, decimals=2)),
    ),
    many=(
        compare("quantity", ">", Number(4, 14)),
        compare("unit_price", ">", Number(100, 350, decimals=2)),
        between("discount", NumberRange(0, 0.4, 0.1, decimals=3)),
        compare("product_id", "<", Number(50, 400)),
        between("id", NumberRange(1, 225_000, 15_000)),
        remainder("product_id", 13),
    ),
    patterns=(),
    measures=("quantity", "unit_price", "discount"),
    small_groups=("quantity",),
    large_groups=("product_id", "order_id"),
    order=("unit_price", "discount", "quantity", "product_id"),
)

REVIEWS = Table(
    "reviews",
    "r",
    30_000,
    few=(
        compare("product_id", "=", Number(1, 4_000, skew=2)),
        compare("customer_id", "=", Number(1, 15_000)),
        among("customer_id", Number(1, 15_000), 5, 30),
        between("created", DayRange("2020-01-01", 10, 1700, 5)),
        compare("id", "=", Number(1, 30_000)),
    ),
    many=(
        compare("rating", "=", Number(1, 5)),
        compare("rating", "<=", Number(2, 4)),
        compare("created", ">", Day("2020-01-01", 600, 1500)),
        compare("product_id", "<", Number(10, 500)),
        remainder("customer_id", 6),
    ),
    patterns=(*_patterns("title"), *_patterns("body")),
    measures=("rating", "id"),
    small_groups=("rating",),
    large_groups=("product_id", "customer_id", "created", "title"),
    order=("created", "title", "body", "rating"),
)

EVENTS = Table(
    "events",
    "e",
    100_000,
    few=(
        compare("customer_id", "=", Number(1, 15_000, skew=2)),
        among("customer_id", Number(1, 15_000), 3, 25),
        half_open("happened_at", DayRange("2024-01-01", 1, 330, 2)),
        compare("duration", ">", Number(19_500, 19_900)),
        between("id", NumberRange(1, 100_000, 500)),
    ),
    many=(
        compare("kind", "=", Word(("view", "click", "search", "cart", "buy"))),
        among("kind", Word(("view", "click", "search", "cart", "buy")), 2, 3),
        between("happened_at", DayRange("2024-01-01", 1, 280, 50)),
        compare("duration", ">", Number(3_000, 14_000)),
        compare("duration", "<", Number(10, 300)),
        compare("customer_id", "<", Number(30, 1500)),
    ),
    patterns=_patterns("path"),
    measures=("duration", "id"),
    small_groups=("kind",),
    large_groups=("customer_id", "path"),
    order=("happened_at", "duration", "path", "customer_id"),
)

TABLES = (CUSTOMERS, PRODUCTS, ORDERS, ORDER_ITEMS, REVIEWS, EVENTS, SUPPLIERS, REGIONS)
LARGE = (CUSTOMERS, PRODUCTS, ORDERS, ORDER_ITEMS, REVIEWS, EVENTS)
