import re

import pytest

from monitoring.service.report_page import draw_page


def loads_elsewhere(page):
    return re.findall(r"<(?:script|img|iframe|link)[^>]*(?:src|href)=[\"']?(?:https?:)?//", page)


def test_the_page_stands_on_its_own(compare, labelled):
    page = draw_page(compare(labelled(), labelled(seed=1)))
    assert page.lstrip().lower().startswith("<!doctype html>") or "<html" in page[:500]
    assert loads_elsewhere(page) == []
    assert "length" in page


def test_what_cannot_be_drawn_is_named_and_the_rest_is_drawn(compare, labelled):
    current = labelled(seed=1, classes=("daisy", "rose"))
    current.features["length"] = None
    page = draw_page(compare(labelled(), current))
    notes = page[page.index("<body>") : page.index("<body>") + 400]
    assert "length is left out" in notes
    assert "could not draw: performance" in notes
    assert "width" in page


@pytest.mark.parametrize("rows", [1, 50])
def test_a_regression_has_a_page(compare, priced, prices, rows):
    assert "<html" in draw_page(compare(priced(), priced(rows=rows, seed=1), prices))[:500]
