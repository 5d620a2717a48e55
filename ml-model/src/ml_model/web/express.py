"""The short way of a single prediction."""

from functools import partial
from urllib.parse import parse_qsl

from ml_model.service.serving import Checked, Serving
from ml_model.web.schema.prediction import PredictionAnswer, PredictionQuery
from servicekit.web.express import Lane
from servicekit.web.raw_body import json_value

_PLAIN = PredictionQuery()


def prediction_lane(serving: Serving) -> Lane[Checked]:
    """Return the lane of `POST /api/v1/<endpoint>/predict`."""
    return Lane(
        prefix="/api/v1/",
        suffix="/predict",
        rule="/api/v1/<endpoint>/predict",
        take=partial(_take, serving),
        answer=lambda checked: PredictionAnswer.encode(serving.answer(checked)),
    )


def _take(serving: Serving, endpoint: str, query: str, body: bytes) -> Checked | None:
    asked = _query(query) if query else _PLAIN
    return None if asked is None else serving.check(asked.order(endpoint, json_value(body)))


def _query(text: str) -> PredictionQuery | None:
    given = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    named = dict(given)
    return PredictionQuery.model_validate(named) if len(named) == len(given) else None
