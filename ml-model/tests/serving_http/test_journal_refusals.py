"""A prediction that cannot be kept is not answered."""

from servicekit.testing import assert_error

ROW = {"alcohol": 13.2, "hue": 1.0}


def test_a_journal_that_is_full_is_said(serving_with, strict_model):
    with serving_with(journal_max_rows=3) as served:
        served.version("strict", strict_model)
        for _ in range(3):
            assert served.predict("strict", ROW).status_code == 200
        response, way = served.taken_by(lambda: served.predict("strict", ROW))
        assert_error(response, 503, "3 rows wait for the database")
        assert response.headers["Retry-After"]
        assert way == "flask"  # the refusal is made there
        assert served.client.get("/api/v1/mlrequests").get_json()["total"] == 3
        assert served.predict("strict", ROW).status_code == 200


def test_a_disk_that_takes_nothing_is_said(serving_with, strict_model, tmp_path, monkeypatch):
    with serving_with() as served:
        served.version("strict", strict_model)
        assert served.predict("strict", ROW).status_code == 200

        def full(descriptor, text):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("journal.spool.os.write", full)
        response = served.predict("strict", ROW)
        assert_error(response, 503, "No space left on device")
        assert response.headers["Retry-After"]
        monkeypatch.undo()
        kept = served.predict("strict", ROW).get_json()
        assert served.request(kept["request_id"]).status_code == 200
        assert served.client.get("/api/v1/mlrequests").get_json()["total"] == 2
