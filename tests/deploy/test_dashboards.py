"""The dashboards ask for metrics that there are."""

import json
from pathlib import Path

import pytest

from tests.deploy import signals

BOARDS = sorted(signals.GRAFANA.glob("*.json"))


def test_a_dashboard_asks_for_what_is_exported() -> None:
    known = signals.exported()

    found = {place: signals.strange(expr, known) for place, expr in signals.queries()}

    assert len(found) > len(BOARDS)
    assert {place: names for place, names in found.items() if names} == {}


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_panels_have_places_of_their_own_and_say_what_they_show(path: Path) -> None:
    board = json.loads(path.read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        grid = panel["gridPos"]
        cells = {
            (grid["x"] + x, grid["y"] + y)
            for x in range(grid["w"])
            for y in range(grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
