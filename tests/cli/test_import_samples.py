"""Each format in its true syntax, from the file to an answer.

The samples hold the same invented ratings: 8 users, 10 items, 61 rows.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from recli.data.files import load_dataset
from recli.store import Store
from tests.cli.conftest import Recli

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
N_ROWS = 61
STAR_WARS = "Star Wars: Episode IV - A Newer Hope"


@dataclass(frozen=True)
class Sample:
    """A file of ratings, what describes it, and what must come of it."""

    ratings: str
    options: str
    format: str
    columns: list[str | None]
    scale: tuple[float, float]
    user: int | str
    item: int | str
    title: str = f"{STAR_WARS} (1977)"
    year: int | None = 1977


BY_PLACE: list[str | None] = ["1", "2", "3", "4"]
CASES = [
    Sample("u.data", "--items u.item --users u.user", "TSV", BY_PLACE, (1, 5), 7, 1),
    Sample("ratings.dat", "--items movies.dat --users users.dat", "::", BY_PLACE, (1, 5), 7, 1),
    Sample(
        "ratings.csv", "--items movies.csv --users people.csv", "CSV",
        ["userId", "movieId", "rating", "timestamp"], (0.5, 5), 7, 1,
    ),
    Sample(
        "books.csv", "--items books-items.csv --encoding latin-1", ";",
        ["User-ID", "ISBN", "Book-Rating", None], (1, 10), 27007, "000000037X", STAR_WARS,
    ),
    Sample("asin.csv", "", "CSV", BY_PLACE, (1, 5), "A0000000055433", "B000000001", "B000000001", None),
    Sample(
        "ratings.tsv.gz", "--items items.tsv", "TSV",
        ["user_id:token", "item_id:token", "rating:float", "timestamp:float"], (1, 5), "u7", "0001", STAR_WARS,
    ),
    Sample("three.tsv", "--items movies.csv --scale 0:6", "TSV", ["1", "2", "3", None], (0, 6), 7, 1),
    Sample("ratings_data.txt", "--items movies.csv", "spaces", ["1", "2", "3", None], (1, 5), 7, 1),
    Sample(
        "ratings.csv.zst", "--items movies.csv", "CSV", ["userId", "movieId", "rating", "timestamp"], (0.5, 5), 7, 1,
    ),
    Sample(
        "reviews.jsonl", "--items meta.jsonl --users reviewers.jsonl", "JSON lines",
        ["reviewerID", "asin", "overall", "unixReviewTime"], (1, 5), "A0000000055433", "B000000001",
    ),
    Sample(
        "ratings.parquet", "--items movies.parquet", "Parquet",
        ["user_id", "item_id", "rating", "timestamp"], (0.5, 5), 7, "0001", STAR_WARS,
    ),
    Sample("movielens", "", "CSV", ["userId", "movieId", "rating", "timestamp"], (0.5, 5), 7, 1),
    Sample(
        "recbole", "", "TSV",
        ["user_id:token", "item_id:token", "rating:float", "timestamp:float"], (0.5, 5), 7, 1, STAR_WARS,
    ),
    Sample("bars.txt", "--items items.tsv", "|", ["user", "item", "stars", "date"], (1, 5), 7, "1", "1", None),
]  # fmt: skip


def imported(recli: Recli, sample: Sample) -> dict[str, object]:
    options = [str(SAMPLES / word) if "." in word and word[0] != "-" else word for word in sample.options.split()]
    ran = recli("import", str(SAMPLES / sample.ratings), *options, "--name", "own", "--json")
    assert ran.code == 0, ran.err
    return dict(json.loads(ran.out))


@pytest.mark.parametrize("sample", CASES, ids=lambda sample: sample.ratings)
def test_from_the_file_to_an_answer(recli: Recli, sample: Sample) -> None:
    made = imported(recli, sample)
    assert made["lines"] == made["accepted"] == made["ratings"] == N_ROWS
    assert (made["rejected"], made["duplicates"], made["users"], made["format"]) == (0, 0, 8, sample.format)
    assert list(made["columns"].values()) == sample.columns
    assert (made["scale"]["low"], made["scale"]["high"]) == sample.scale
    assert json.loads(recli("stats", "own", "--json").out)["ratings"] == N_ROWS
    for model in ("bias", "ease"):
        assert recli("train", model, "-d", "own", "-q").code == 0
    item, user = str(sample.item), str(sample.user)
    near = json.loads(recli("similar", "--id", item, "-m", "ease", "--min-ratings", "0", "--json").out)
    assert near["query"] == {"item_id": sample.item, "title": sample.title}
    assert len(near["neighbors"]) > 5
    best = json.loads(recli("recommend", "--user", user, "-m", "bias", "--exclude", "nothing", "--json").out)
    assert best["user"] == sample.user
    assert [entry["year"] for entry in best["items"] if entry["item_id"] == sample.item] == [sample.year]
    (told,) = json.loads(recli("predict", "--user", user, "--item", item, "-m", "bias", "--json").out)["predictions"]
    assert (told["user_id"], told["item_id"], told["title"]) == (sample.user, sample.item, sample.title)
    assert sample.scale[0] <= told["rating"] <= sample.scale[1]
    assert json.loads(recli("evaluate", "bias", "--json").out)["reports"][0]["n"] > 0


def test_titles_genres_and_people_come_out_whole(recli: Recli, tmp_path: Path) -> None:
    store = Store(tmp_path / "artifacts")
    titles = (
        f"{STAR_WARS} (1977)", "Orbit of Glass (1979)", "Lantern Keeper, The (1987)", "Café of Lost Umbrellas (1996)",
        '"Quoted" Affair, The (1964)', "Either | Or (1991)", "Salt and Thread (1999)", "Copper Mesa Riders (1962)",
        "Ordinary Thursday, An (1990)", "Sky Pirates of Kessel Bay (1984)",
    )  # fmt: skip
    for sample in CASES[:3]:
        made = imported(recli, sample)
        dataset = load_dataset(store.dataset("own"))
        assert dataset.items.titles == titles
        assert dataset.items.genres[0] == ("Action", "Adventure", "Sci-Fi")
        assert dataset.items.years.tolist() == [1977, 1979, 1987, 1996, 1964, 1991, 1999, 1962, 1990, 1984]
        assert set(dataset.users.columns) >= {"age", "gender", "occupation"}
        assert dataset.users.columns["age"] == ("25", "56", "25", "45", "35", "18", "50", "25")
        assert made["items_file"]["encoding"] == ("utf-8" if sample.ratings == "ratings.csv" else "latin-1")
        assert recli("import", str(SAMPLES / sample.ratings), "--name", "own").code == 2
        (store.root / "datasets" / "own").rename(tmp_path / sample.ratings)
