"""Whatever a caller of predictor gets wrong is a 4xx in the one error shape that says what to do."""

import pytest
from bad_requests import Bad, check, raw
from prediction_requests import HISTORY, MODELS, PREDICT, TRAIN, VALIDATE, teach

pytestmark = pytest.mark.end_to_end


def bad_training(name, mentions, **body):
    return Bad(name, "predictor", "POST", TRAIN, 400, mentions, body)


def bad_prediction(name, status, mentions, **body):
    return Bad(name, "predictor", "POST", PREDICT, status, mentions, {"query_hash": 4001, **body})


def bad_validation(name, status, mentions, **body):
    real = {"prediction_id": "pred-001", "actual_execution_time_ms": 118.2}
    return Bad(name, "predictor", "POST", VALIDATE, status, mentions, {**real, **body})


REQUESTS = [
    bad_training("unknown model type", "random_forest", model_type="oracle"),
    bad_training("lookback of no day", "lookback_days", lookback_days=0),
    bad_training("endless lookback", "lookback_days", lookback_days=10**9),
    bad_training("lookback as text", "lookback_days", lookback_days="30"),
    bad_training("retraining that is neither true nor false", "force_retrain", force_retrain="yes"),
    bad_training("database without a name", "database_name", database_name=""),
    bad_prediction("unknown fingerprint", 404, "features", query_hash=1),
    bad_prediction("fingerprint as text", 400, "query_hash", query_hash="4001"),
    bad_prediction("half a fingerprint", 400, "query_hash", query_hash=4001.5),
    bad_prediction("fingerprint of more than 64 bit", 400, "query_hash", query_hash=2**63),
    bad_prediction("unknown scenario", 400, "scenario", scenario="perfect"),
    bad_prediction("negative feature", 400, "index_count", features={"index_count": -1}),
    bad_prediction("feature as text", 400, "plan_total_cost", features={"plan_total_cost": "much"}),
    bad_prediction("half an index", 400, "index_count", features={"index_count": 1.5}),
    bad_prediction("feature as truth value", 400, "has_seq_scan", features={"has_seq_scan": True}),
    bad_prediction("no feature at all", 400, "features", features={}),
    bad_prediction("feature that is unknown", 400, "features", features={"index_count": None}),
    bad_prediction("unknown feature", 400, "colour", parameters={"colour": 1}),
    bad_prediction("certain interval", 400, "confidence_level", confidence_level=1),
    bad_validation("unknown prediction", 404, "pred-001"),
    bad_validation("real time of nothing", 400, "actual_execution_time_ms", actual_execution_time_ms=0),
    bad_validation("negative real time", 400, "actual_execution_time_ms", actual_execution_time_ms=-1),
    Bad("unknown job", "predictor", "GET", f"{TRAIN}/nobody", 404, "job"),
    Bad("cancel an unknown job", "predictor", "POST", f"{TRAIN}/nobody/cancel", 404, "job"),
    Bad("unknown prediction model", "predictor", "GET", f"{MODELS}/v999", 404, MODELS),
    Bad("activate an unknown model", "predictor", "POST", f"{MODELS}/v999/activate", 404, MODELS),
    Bad("draw an unknown model", "predictor", "GET", f"{MODELS}/v999/plot", 404, MODELS),
    Bad("too long a page of models", "predictor", "GET", MODELS, 400, "limit", None, {"limit": 10**6}),
]


@pytest.fixture(scope="module", autouse=True)
def something_to_refuse_from(stack):
    teach(stack)


@pytest.mark.parametrize("bad", REQUESTS, ids=lambda bad: bad.name)
def test_a_bad_request_is_refused(stack, bad):
    body = {} if bad.body is None else {"json": bad.body}
    response = stack.call(bad.service, bad.method, bad.path, params=bad.query, **body)
    check(response, bad.status, bad.mentions)


HEADER = "query_hash,window_start,execution_time_ms,index_count"
GOOD_ROW = "4001,2026-01-01T00:00:00Z,12.5,2"


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("", "empty"),
        (HEADER, "rows"),
        (f"{HEADER},colour\n{GOOD_ROW},red", "colour"),
        ("query_hash,window_start\n4001,2026-01-01", "execution_time_ms"),
        (f"{HEADER}\n{GOOD_ROW}\n4002,yesterday,1,1", '"line":3'),
        (f"{HEADER}\n{GOOD_ROW}\n4002,2026-01-01,nan,1", '"line":3'),
        (f"{HEADER}\n{GOOD_ROW}\n4002,2026-01-01,1,-1", "index_count"),
        (f"{HEADER}\n{GOOD_ROW}\n{GOOD_ROW}", '"line":3'),
    ],
    ids=["empty", "header alone", "unknown column", "missing column", "no time", "NaN", "negative", "twice"],
)
def test_a_bad_file_of_history_is_refused_and_none_of_it_is_kept(stack, text, mentions):
    query = {"database_name": "bad requests"}
    check(stack.call("predictor", "POST", HISTORY, params=query, **raw(text, "text/csv")), 400, mentions)
    assert stack.asked("predictor", "GET", "/api/queries", params=query)["queries"] == []
