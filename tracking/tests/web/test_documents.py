"""What tracking says of itself."""

import pytest
from pydantic import SecretStr

from tracking.bootstrap import create_app
from tracking.config.settings import Settings

NOWHERE = SecretStr("postgresql://nobody:nothing@127.0.0.1:1/nowhere")


def test_building_the_app_opens_no_connection():
    app = create_app(Settings(dataset_database_url=NOWHERE, mlflow_database_url=NOWHERE))
    assert app.test_client().get("/health").get_json() == {"status": "healthy", "service": "tracking"}


def test_a_store_that_is_no_server_is_refused():
    with pytest.raises(ValueError, match="mlflow_tracking_uri"):
        Settings(
            dataset_database_url=NOWHERE, mlflow_database_url=NOWHERE, mlflow_tracking_uri="sqlite:///x.db"
        )


def test_the_document_tells_requests_apart_by_what_they_ask_for():
    app = create_app(Settings(dataset_database_url=NOWHERE, mlflow_database_url=NOWHERE))
    document = app.test_client().get("/openapi.json").get_json()
    post = document["paths"]["/root/tracking/model_management"]["post"]
    assert {"200", "201", "400", "404", "409", "413", "415", "502", "503", "504"} <= set(post["responses"])
    schema = document["components"]["schemas"]["ModelManagementRequest"]
    assert set(schema["discriminator"]["mapping"]) == {"optimization", "setting"}
