"""Ratings of any scale, from the file to the picture: nothing counts on whole stars from 1 to 5."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Recli

SCALES = {
    "half": np.arange(1, 11) / 2,
    "half to four": np.arange(1, 9) / 2,
    "ten": np.arange(1.0, 11),
    "hundred": np.arange(1.0, 101),
    "yes or no": np.array([0.0, 1]),
    "jester": np.round(np.linspace(-10, 9.98, 997), 2),
    "quarters": np.arange(4, 13) / 4,
    "below zero": np.arange(-5.0, 0),
    "one": np.array([3.3]),
}
MODELS = {
    "bayes": ["--chains", "1", "--sweeps", "3", "--burn-in", "1", "--samples", "2", "--rank", "2"],
    "elsa": ["--epochs", "1", "--embedding-size", "4"],
    "ease": [],
}
USERS, ITEMS = 24, 30


def written(path: Path, levels: np.ndarray) -> Path:
    """Every level at least once, where there is room for all; users agree about the items."""
    rng = np.random.default_rng(0)
    places = np.add.outer(rng.random(USERS), 2 * rng.random(ITEMS)) / 3 * len(levels)
    places[rng.random(places.shape) < 0.3] = np.nan
    places.ravel()[: min(len(levels), ITEMS)] = np.linspace(0, len(levels) - 1, min(len(levels), ITEMS)).round()
    rows = [f"{u},{i},{levels[int(places[u, i])]:g}" for u, i in np.argwhere(np.isfinite(places))]
    path.write_text("\n".join(["user,item,rating", *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SCALES)
def test_a_scale_is_the_datas_own_everywhere(recli: Recli, tmp_path: Path, name: str) -> None:
    levels = SCALES[name]

    def told(*argv: str) -> Any:
        done = recli(*argv, "--json", "--artifacts", str(tmp_path / "store"))
        assert done.code == 0, done.err
        return json.loads(done.out)

    dataset = told("import", str(written(tmp_path / "ratings.csv", levels)), "--name", "own")
    low, high = dataset["scale"]["low"], dataset["scale"]["high"]
    assert (low, high) == (levels[0], levels[-1])
    for model, options in MODELS.items():
        ref = told("train", model, "-d", "own", *options)["ref"]
        (report,) = told("evaluate", ref)["reports"]
        assert report["ranking"]["relevant"] in levels
        assert report["rmse"] <= high - low
        (predicted,) = told("predict", "--user", "3", "--item", "5", "--model", ref)["predictions"]
        assert low - 1e-6 <= predicted["rating"] <= high + 1e-6
        if model == "bayes":
            shares = predicted["distribution"]
            own = [f"{level:g}" for level in levels]
            assert list(shares) == own if len(own) <= 20 else len(shares) <= 20
            assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
        rated = told("recommend", "--rate", f"7={high:g}", "--model", ref, "-n", "2", "--exclude", "nothing")
        assert all(low - 1e-6 <= item["rating"] <= high + 1e-6 for item in rated["items"])
        assert len(rated["items"]) == 2


@pytest.mark.parametrize("name", ["jester", "one"])
def test_pictures_of_a_scale_are_drawn(recli: Recli, tmp_path: Path, name: str) -> None:
    store = ("--artifacts", str(tmp_path / "store"))
    argvs = (
        ("import", str(written(tmp_path / "ratings.csv", SCALES[name])), "--name", "own"),
        ("stats", "own", "--plot", str(tmp_path / "stats.png")),
        ("train", "bias", "-d", "own"),
        ("evaluate", "bias", "--slices", "--plot", str(tmp_path / "evaluate.html")),
    )
    for argv in argvs:
        done = recli(*argv, *store)
        assert done.code == 0, done.err
    assert (tmp_path / "stats.png").stat().st_size > 10_000
    assert "Calibration" in (tmp_path / "evaluate.html").read_text(encoding="utf-8")
