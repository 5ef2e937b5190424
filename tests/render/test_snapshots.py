"""What each command writes on fixed results, in each shape: a change of any of them shows as a change of a file.

``pytest tests/render/test_snapshots.py --snapshot-update`` writes the file anew: read the difference.
"""

import pytest
from syrupy.assertion import SnapshotAssertion

from recli.core.results.recommend import GivenRating, Reason, Recommendation, RecommendResult
from recli.render.recommend import recommend_view
from recli.render.view import View, json_text, tsv_text
from tests.render.test_views import VIEWS, on_terminal, strip_styles

SHAPES = {
    "40": lambda view: _screen(view, 40),
    "80": lambda view: _screen(view, 80),
    "200": lambda view: _screen(view, 200),
    "json": json_text,
    "tsv": tsv_text,
    "stderr": lambda view: "\n".join([view.subject, *view.notes, f"next: {view.next}"]),
}
LONG = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1963)"


def recommended(title: str) -> View:
    reasons = (Reason(50, "Star Wars (1977)", 1977, 5.0, 0.625),)
    items = (
        Recommendation(1, 474, title, 1963, 4.25, 4.5, 194, reasons),
        Recommendation(2, 100, "Fargo (1996)", 1996, 4.25, 2.25, 508, ()),
    )
    given = (GivenRating(50, "Star Wars (1977)", 1977, 5.0),)
    return recommend_view(RecommendResult("bayes:1", None, given, False, "rated", 1, items, 10, True))


def _screen(view: View, width: int) -> str:
    return "\n".join(line.rstrip() for line in strip_styles(on_terminal(view, width)).splitlines())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("make", [*VIEWS, recommended], ids=lambda make: make.__name__)
def test_each_command_in_each_shape(make: object, shape: str, snapshot: SnapshotAssertion) -> None:
    assert SHAPES[shape](make(LONG)) == snapshot
