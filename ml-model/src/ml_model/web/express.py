"""The short ways of a single prediction and of tensors."""

from functools import partial
from urllib.parse import parse_qsl

from ml_model.service.open_inference import CheckedInference, OpenInference
from ml_model.service.serving import Checked, Serving
from ml_model.web.binary_request import IN_ENVIRON, plain_document
from ml_model.web.plain_json import encoded
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


def inference_lane(open_inference: OpenInference) -> Lane[CheckedInference]:
    """Return the lane of `POST /v2/models/<model_name>/infer`."""
    return Lane(
        prefix="/v2/models/",
        suffix="/infer",
        rule="/v2/models/<model_name>/infer",
        take=partial(_take_tensors, open_inference),
        answer=lambda checked: encoded(open_inference.answer(checked)),
        but_with=(IN_ENVIRON,),
    )


def _take_tensors(
    open_inference: OpenInference, model_name: str, query: str, body: bytes
) -> CheckedInference | None:
    if query or "/" in model_name:  # a query has no meaning here, and a version has a route of its own
        return None
    return open_inference.check(model_name, None, lambda: plain_document(body))


def _take(serving: Serving, endpoint: str, query: str, body: bytes) -> Checked | None:
    asked = _query(query) if query else _PLAIN
    return None if asked is None else serving.check(asked.order(endpoint, json_value(body)))


def _query(text: str) -> PredictionQuery | None:
    given = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    named = dict(given)
    return PredictionQuery.model_validate(named) if len(named) == len(given) else None
