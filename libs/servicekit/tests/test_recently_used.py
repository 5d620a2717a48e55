from concurrent.futures import ThreadPoolExecutor

from servicekit.recently_used import RecentlyUsed


def test_what_was_used_last_stays():
    values: RecentlyUsed[str, int] = RecentlyUsed(2)
    values.keep("a", 1)
    values.keep("b", 2)
    assert values.get("a") == 1
    values.keep("c", 3)
    assert (values.get("a"), values.get("b"), values.get("c")) == (1, None, 3)


def test_a_value_is_made_once_and_replaced_when_kept_again():
    values: RecentlyUsed[str, list[int]] = RecentlyUsed(2)
    made = values.get_or_make("a", list)
    assert values.get_or_make("a", lambda: [1]) is made
    values.keep("a", [2])
    assert values.get("a") == [2]


def test_nothing_is_kept_of_what_could_not_be_made():
    values: RecentlyUsed[str, int] = RecentlyUsed(2)

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            values.get_or_make("a", fail)
        except ValueError:
            continue
        raise AssertionError("made")
    assert values.get_or_make("a", lambda: 7) == 7


def test_many_threads_never_keep_more_than_allowed():
    values: RecentlyUsed[int, int] = RecentlyUsed(5)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda n: values.get_or_make(n % 20, lambda: n % 20), range(5000)))
    assert got == [n % 20 for n in range(5000)]
    assert sum(values.get(n) is not None for n in range(20)) == 5
