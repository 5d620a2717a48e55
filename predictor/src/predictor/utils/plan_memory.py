"""What a plan keeps in memory: its sorts and hash tables, beside what each of them may take."""

from collections.abc import Sequence

from predictor.utils.plan_walk import SORTS, Step

_MEGABYTE = 1024.0 * 1024.0

_HASH_MEM_MULTIPLIER = 2.0
"""PostgreSQL's default: a hash table may take this many times work_mem."""

_ROW_OVERHEAD_BYTES = 24.0
"""What a kept row takes beside its columns, about."""

_HASHED = frozenset({"Hashed", "Mixed"})


def memory_facts(steps: Sequence[Step], work_mem_mb: float) -> dict[str, float | None]:
    """Return the features on sorts and hash tables, each by its largest single run.

    Args:
        steps: of the plan.
        work_mem_mb: the setting under which the query is to run, in megabytes.
    """
    sorts = [_kept_mb(step) for step in steps if step.kind in SORTS]
    hashes = [_kept_mb(step) for step in steps if step.kind not in SORTS]
    largest = max((*sorts, *(size / _HASH_MEM_MULTIPLIER for size in hashes)), default=0.0)
    return {
        "sort_mb": float(sum(sorts)),
        "hash_mb": float(sum(hashes)),
        "spill_ratio": largest / work_mem_mb if work_mem_mb > 0 else None,
    }


def _kept_mb(step: Step) -> float:
    """Return what one run of a sort or a hash table keeps, in megabytes; 0 for other steps."""
    return _kept_rows(step) * (float(step.node["Plan Width"]) + _ROW_OVERHEAD_BYTES) / _MEGABYTE


def _kept_rows(step: Step) -> float:
    if step.kind in SORTS:
        # Below a LIMIT a sort keeps no more than the rows that are asked for.
        return sum(step.inputs) * step.share
    if step.kind == "Hash":
        return sum(step.inputs)
    hashed = step.kind == "Aggregate" and step.node.get("Strategy") in _HASHED
    return float(step.node["Plan Rows"]) if hashed else 0.0
