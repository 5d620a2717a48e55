"""Collections by the service's own doors."""

from pydantic import SecretStr

from predictor.bootstrap import create_app


def test_two_collections_by_http_keep_what_ran_between_them(
    client_of, settings, observed_server, observed_url
):
    changed = settings.model_copy(update={"observed_database_url": SecretStr(observed_url)})
    client = client_of(create_app(changed))
    first = client.post("/api/collect?database_name=seen").get_json()
    observed_server.execute("SELECT count(*) FROM orders", url=observed_url)
    answer = client.post("/api/collect?database_name=seen")
    second = answer.get_json()
    assert answer.status_code == 200
    assert (first["is_first"], first["samples"]) == (True, 0)
    assert (second["is_first"], second["database_name"]) == (False, "seen")
    assert second["samples"] >= 1
    assert second["planned"] >= 1
    queries = client.get("/api/queries?database_name=seen").get_json()["queries"]
    assert "SELECT count(*) FROM orders" in {row["query"] for row in queries}
