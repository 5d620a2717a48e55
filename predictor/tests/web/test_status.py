from servicekit.testing import assert_error


def test_an_empty_service_says_so(client):
    status = client.get("/api/status").get_json()
    assert status["active_model"] is None
    assert (status["total_models"], status["samples"], status["predictions"]) == (0, 0, 0)
    assert status["jobs"] == dict.fromkeys(("queued", "training", "completed", "failed", "cancelled"), 0)
    assert status["status"] == "degraded"
    assert {process["process"]: process["is_alive"] for process in status["processes"]} == {
        "worker": False,
        "scheduler": False,
    }


def test_what_there_is_is_counted(client, load, keep_model, history):
    load(history())
    model_id = keep_model()
    client.post("/api/predict/query-execution", json={"query_hash": 4001})
    status = client.get("/api/status").get_json()
    assert status["active_model"]["model_id"] == model_id
    assert (status["samples"], status["predictions"], status["validations"]) == (300, 1, 0)
    assert status["histories"][0]["fingerprints"] == 60


def test_fingerprints_are_listed_with_their_mean_time(client, load, history):
    samples = history()
    load(samples)
    queries = client.get("/api/queries?limit=2&offset=1").get_json()["queries"]
    assert [query["query_hash"] for query in queries] == [4002, 4003]
    mine = [sample.execution_time_ms for sample in samples if sample.query_hash == 4002]
    assert abs(queries[0]["mean_execution_time_ms"] - sum(mine) / len(mine)) < 1e-6
    assert queries[0]["windows"] == 5
    assert client.get("/api/queries?database_name=other").get_json()["queries"] == []
    assert_error(client.get("/api/queries?database_name="), 400, "database_name")


def test_a_fingerprint_tells_what_a_prediction_starts_from(client, load, history):
    samples = history()
    load(samples)
    newest = [sample for sample in samples if sample.query_hash == 4002][-1]
    answer = client.get("/api/queries/4002").get_json()
    assert answer["windows"] == 5
    assert answer["features"]["plan_total_cost"] == newest.features["plan_total_cost"]
    assert answer["features"]["std_dev_calls"] is None
    for unknown in ("1", "abc", "4002.0", "9" * 19, "²"):
        assert_error(client.get(f"/api/queries/{unknown}"), 404, "GET /api/queries")
    assert_error(client.get("/api/queries/4002?database_name=other"), 404, "other")


def test_the_queue_is_part_of_readiness(client):
    ready = client.get("/ready")
    assert ready.status_code == 503
    checks = ready.get_json()["checks"]
    assert checks["dataset_db"] == "ok"
    assert checks["queue"] != "ok"
    assert client.get("/health").get_json() == {"status": "healthy", "service": "predictor"}


def test_predictions_are_counted_by_version(client, load, keep_model, history):
    load(history())
    version = f"v{keep_model()}"
    client.post("/api/predict/query-execution", json={"query_hash": 4001})
    text = client.get("/metrics").get_data(as_text=True)
    assert f'predictor_predictions_total{{model_version="{version}",scenario="current"}} 1.0' in text
