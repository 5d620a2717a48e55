"""Which arm of an A/B test a key belongs to."""

from collections.abc import Sequence
from hashlib import blake2b

_SPACE = 2**64


def assign(abtest_id: int, shares: Sequence[float], key: str) -> int:
    """Return the index of the arm that `key` belongs to in this test.

    The key is the subject, or the request id where there is no subject. `shares` are per cent of the arms in
    their order. The same key stays in its arm for as long as the shares stay; another test mixes anew.
    """
    digest = blake2b(f"{abtest_id}:{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    point = int.from_bytes(digest, "big") / _SPACE * sum(shares)
    reached = 0.0
    last = 0
    for index, share in enumerate(shares):
        if share <= 0:
            continue
        last = index
        reached += share
        if point < reached:
            return index
    return last
