"""Grafana's dashboards and what provisions them."""

import pytest
import yaml
from expressions import DASHBOARDS, OBSERVABILITY, dashboard, panels, queries, series_of

PROVISIONING = OBSERVABILITY / "grafana" / "provisioning"
each_dashboard = pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)


def test_there_is_one_for_each_subject():
    assert [path.stem for path in DASHBOARDS] == ["data", "jobs", "models", "service", "suite"]


def test_names_and_ids_are_given_once():
    for key in ("uid", "title"):
        found = [dashboard(path)[key] for path in DASHBOARDS]
        assert sorted(found) == sorted(set(found))


@each_dashboard
def test_a_dashboard_says_what_it_is_for(path):
    found = dashboard(path)
    assert found["description"]
    assert found["refresh"]
    assert "mlops-microservices" in found["tags"]  # the links between them go by this


@each_dashboard
def test_every_panel_has_a_title_a_unit_and_a_description(path):
    for panel in panels(path):
        assert panel["title"]
        assert len(panel["description"]) > 5, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
    ids = [panel["id"] for panel in dashboard(path)["panels"]]
    assert sorted(ids) == sorted(set(ids))


@each_dashboard
def test_panels_do_not_lie_over_each_other(path):
    taken = set()
    for panel in dashboard(path)["panels"]:
        place = panel["gridPos"]
        cells = {
            (column, row)
            for column in range(place["x"], place["x"] + place["w"])
            for row in range(place["y"], place["y"] + place["h"])
        }
        assert max(column for column, _ in cells) < 24, panel["title"]
        assert not taken & cells, panel["title"]
        taken |= cells


@each_dashboard
def test_every_panel_asks_the_provisioned_data_source_in_promql(path):
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())["datasources"]
    for panel in panels(path):
        for part in (panel, *panel["targets"]):
            assert part["datasource"] == {"type": source["type"], "uid": source["uid"]}, panel["title"]
    assert all(series_of(query) for query in queries(path))
