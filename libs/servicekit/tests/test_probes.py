"""Health, readiness, metrics and documentation of every service."""

import re

from servicekit.database import attach_database, database_check
from servicekit.errors import Unavailable
from servicekit.web.app import Identity, add_routes, new_app


def test_health_asks_no_dependency(build):
    def broken() -> None:
        raise Unavailable("down")

    answer = build({"peer": broken}).test_client().get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "healthy", "service": "tiny"})


def test_ready_is_200_when_all_dependencies_answer(build):
    answer = build({"peer": lambda: None}).test_client().get("/ready")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready", "checks": {"peer": "ok"}})


def test_ready_is_503_with_a_row_for_each_dependency(build):
    def broken() -> None:
        raise ValueError("some library's own error")

    answer = build({"good": lambda: None, "bad": broken}).test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.get_json()["checks"] == {"good": "ok", "bad": "does not answer (ValueError)"}


def test_what_was_found_of_each_dependency_is_shown(build):
    def broken() -> None:
        raise Unavailable("down")

    client = build({"good": lambda: None, "bad": broken}).test_client()
    client.get("/ready")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'service_dependency_up{dependency="good"} 1.0' in text
    assert 'service_dependency_up{dependency="bad"} 0.0' in text


def test_a_database_that_is_away_makes_the_service_not_ready_and_nothing_else(settings):
    app, _ = new_app(Identity("tiny", "1", "A tiny service."), settings)
    database = attach_database(app, settings)
    add_routes(app, [], {"dataset_db": database_check(database.session)})
    assert app.test_client().get("/ready").status_code == 503
    assert app.test_client().get("/health").status_code == 200


def test_metrics_count_by_route_template_method_and_status(build):
    client = build().test_client()
    client.get("/things?limit=1")
    client.get("/things?limit=2")
    client.get("/nowhere/at/all")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'http_requests_total{method="GET",route="/things",status="200"} 2.0' in text
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'http_request_duration_seconds_count{method="GET",route="/things",status="200"} 2.0' in text
    assert 'http_requests_in_progress{method="GET"} 1.0' in text


def test_the_document_describes_requests_answers_and_errors(build):
    document = build().test_client().get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    post = document["paths"]["/things"]["post"]
    assert set(post["responses"]) == {"201", "400", "404", "409", "413", "415", "500", "503"}
    assert document["components"]["schemas"]["Order"]["properties"]["count"]["maximum"] == 10
    assert document["paths"]["/things"]["get"]["parameters"][0]["name"] == "limit"


def test_the_docs_page_loads_nothing_from_outside(build):
    client = build().test_client()
    page = client.get("/docs").get_data(as_text=True)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        assert address.startswith("/docs/")
        assert client.get(address).status_code == 200
