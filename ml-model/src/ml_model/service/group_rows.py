"""Rows of groups that somebody asks for by their request id."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import orjson

from ml_model.persistence.repository.request_groups import RequestGroups
from ml_model.persistence.repository.requests import ServedRequests
from ml_model.service.request_groups import group_before, group_of, row_of, unpacked
from servicekit.database import AnySession


def bring_group_rows(session: AnySession, request_ids: Iterable[str]) -> None:
    """Have rows of groups among the requests, in the caller's transaction; other ids are left alone."""
    found = {request_id: group_of(request_id) for request_id in request_ids}
    named = {request_id: place for request_id, place in found.items() if place is not None}
    if not named:
        return
    there = ServedRequests(session).present(list(named))
    wanted: dict[str, list[int]] = defaultdict(list)
    for request_id, (group_id, place) in named.items():
        if request_id not in there:
            wanted[group_id].append(place)
    for group_id in sorted(wanted):
        _bring(session, group_id, wanted[group_id])


def _bring(session: AnySession, group_id: str, places: Sequence[int]) -> None:
    requests = ServedRequests(session)
    record = requests.origin(group_id)
    if record is None:
        return
    content = RequestGroups(session).packed(group_id)
    group = group_before(record) if content is None else unpacked(content)
    rows = [] if group is None else [(place, row_of(group, place)) for place in sorted(places)]
    made = [
        orjson.dumps({**record, **row, "request_id": f"{group_id}-{place}"}) for place, row in rows if row
    ]
    if made:
        requests.carry(made)
