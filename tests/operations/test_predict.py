"""Predictions against the stored numbers, worked out by hand."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.errors import InputDataError, NotFoundError, UsageError
from recli.core.ratings import Ratings
from recli.core.results.predict import Prediction, PredictResult
from recli.core.vocabulary import Vocabulary
from recli.data.fetching.tiny import generate
from recli.data.files import dataset_files, dataset_record, load_dataset
from recli.operations import answers
from recli.operations.artifacts import TEST_ROWS, WEIGHTS, open_version
from recli.operations.given import find_rows
from recli.operations.predict import predict_one, predict_pairs
from recli.operations.train import configure, train
from recli.store import Store


def one(store: Store, user: str, item: str, **options: object) -> Prediction:
    (block,) = predict_one(store, user, item, **options).blocks
    (prediction,) = block
    return prediction


def every(result: PredictResult) -> list[Prediction]:
    return [prediction for block in result.blocks for prediction in block]


def pairs_file(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def ordinal(tiny: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small store with a model that predicts a distribution."""
    root = tmp_path_factory.mktemp("ordinal") / "store"
    shutil.copytree(tiny.root, root)
    train(Store(root), configure("dot", {"epochs": 2, "embedding_size": 4, "loss": "ordinal"}), dataset="tiny")
    return Store(root)


def test_a_bias_model_predicts_the_mean_and_two_biases_within_the_scale(tiny: Store) -> None:
    stored = open_version(tiny, "bias").read_arrays(WEIGHTS)
    expected = stored["mean"][0] + stored["user_biases"][7 - 1] + stored["item_biases"][3 - 1]
    found = one(tiny, "7", "3", model="bias")
    assert (found.user_id, found.item_id, found.title) == (7, 3, "Orbit of Glass III: Last Signal (1986)")
    assert found.rating == pytest.approx(np.clip(expected, 1, 5), abs=1e-6)
    assert found.baseline == pytest.approx(found.rating, abs=1e-6)  # no rows watched it: both learned from the same
    assert (found.source, found.median, found.interval, found.distribution) == ("model", None, None, None)


def test_what_was_given_is_said_with_its_part(tiny: Store) -> None:
    ratings, test = load_dataset(tiny.dataset("tiny")).ratings, open_version(tiny, "bias").read_array(TEST_ROWS)
    ids = load_dataset(tiny.dataset("tiny")).items.vocabulary
    train_row = next(row for row in range(len(ratings)) if row not in test)
    for row, part, trained_on in ((int(test[0]), "test", False), (train_row, "train", True)):
        user, item = str(ratings.user_nums[row] + 1), str(ids.id(int(ratings.item_nums[row])))
        found = one(tiny, user, item, model="bias")
        assert (found.given, found.part, found.trained_on) == (ratings.values[row], part, trained_on)
    rated = set(ratings.item_nums[ratings.user_nums == 0].tolist())
    unrated = next(num for num in range(len(ids)) if num not in rated)
    found = one(tiny, "1", str(ids.id(unrated)), model="bias")
    assert (found.given, found.part, found.trained_on) == (None, None, None)


def test_rows_of_pairs_by_hand() -> None:
    ratings = Ratings(
        np.array([0, 0, 2, 1], np.int32),
        np.array([1, 3, 0, 3], np.int32),
        np.ones(4, np.float32),
        np.zeros(4, np.int64),
    )
    users, items = np.array([0, 1, 1, 2, -1, 0, 2], np.int32), np.array([3, 0, 3, 0, 3, 0, -1], np.int32)
    assert find_rows(ratings, users, items).tolist() == [1, -1, 3, 2, -1, -1, -1]


def test_a_distribution_gives_median_and_interval(ordinal: Store) -> None:
    result = predict_one(ordinal, "7", "3", model="dot")
    (block,) = result.blocks
    (found,) = block
    assert result.levels == (1, 2, 3, 4, 5)
    assert found.distribution is not None
    assert found.interval is not None
    below = np.cumsum(found.distribution)
    assert below[-1] == pytest.approx(1, abs=1e-5)
    assert found.rating == pytest.approx(sum(k * p for k, p in enumerate(found.distribution, 1)), abs=1e-5)
    assert found.median == 1 + np.searchsorted(below, 0.5)
    low, high = 1 + int(np.searchsorted(below, 0.1)), 1 + int(np.searchsorted(below, 0.9))
    assert (found.interval.low, found.interval.high, found.interval.level) == (low, high, 0.8)
    assert found.interval.holds == pytest.approx(sum(found.distribution[low - 1 : high]), abs=1e-5)


def test_where_the_baseline_answers_there_is_no_distribution(ordinal: Store) -> None:
    found = one(ordinal, "nobody", "3", model="dot", cold="baseline")
    assert (found.user_id, found.source, found.median, found.interval) == ("nobody", "baseline", None, None)
    assert found.distribution is None
    assert found.rating == found.baseline


def test_a_title_names_the_most_rated_and_the_others_are_returned(tiny: Store) -> None:
    result = predict_one(tiny, "7", "orbit of glass", model="bias")
    assert {match.item_id for match in result.matches} == {1, 2, 3}
    assert every(result)[0].item_id == result.matches[0].item_id
    assert predict_one(tiny, "7", "1", model="bias").matches == ()


def test_a_number_is_an_id_and_no_part_of_a_title(tiny: Store) -> None:
    with pytest.raises(NotFoundError, match="bias:1 knows no item '1983'"):  # a year in a title
        predict_one(tiny, "7", "1983", model="bias")


def test_a_title_that_is_a_number_is_found_where_no_id_is(tiny_copy: Store) -> None:
    bias = open_version(tiny_copy, "bias")
    files: dict[str, Any] = {}
    for name, entry in bias.manifest.files.items():
        read = bias.read_arrays if name.endswith("z") else bias.read_array
        files[name] = read(name) if entry.arrays else bias.read_bytes(name)
    files["items.csv"] = files["items.csv"].replace(b"Untitled Reel", b"1984")
    ref = tiny_copy.publish_model("bias", files, bias.manifest.about).ref
    assert one(tiny_copy, "7", "1984", model=ref).item_id == 16


def test_without_a_version_the_first_of_the_registry_answers(tiny: Store, tmp_path: Path) -> None:
    assert predict_one(tiny, "7", "3").ref == "dot:1"
    with pytest.raises(NotFoundError) as refusal:
        predict_one(Store(tmp_path), "7", "3")
    assert refusal.value.fix == "recli train"


def test_unknown_ids_of_one_pair_are_named(tiny: Store) -> None:
    with pytest.raises(NotFoundError, match="bias:1 knows no user '77'") as refusal:
        predict_one(tiny, "77", "3", model="bias")
    assert refusal.value.candidates == ()  # of numbers none is meant by another
    assert refusal.value.fix == "recli predict --user 77 --item 3 --cold baseline"
    with pytest.raises(NotFoundError, match="no title is like"):
        predict_one(tiny, "7", "qqqzzz", model="bias")
    with pytest.raises(UsageError, match="--cold must be one of error, baseline, skip, nan, not drop"):
        predict_one(tiny, "7", "3", model="bias", cold="drop")


def test_pairs_keep_their_order_over_blocks_and_equal_single_ones(
    ordinal: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BLOCK", 2)
    path = pairs_file(tmp_path, "item_id,user_id\n3,7\n1,2\n3,7\n41,60\n2,2\n")
    result = predict_pairs(ordinal, path, model="dot")
    blocks = list(result.blocks)
    found = [prediction for block in blocks for prediction in block]
    assert [len(block) for block in blocks] == [2, 2, 1]
    assert [(p.user_id, p.item_id) for p in found] == [(7, 3), (2, 1), (7, 3), (60, 41), (2, 2)]
    assert found[0] == found[2]
    for prediction in found:
        alone = one(ordinal, str(prediction.user_id), str(prediction.item_id), model="dot")
        assert prediction.rating == pytest.approx(alone.rating, abs=1e-5)
        assert dataclasses.replace(prediction, rating=0, distribution=None, baseline=0, interval=None) == (
            dataclasses.replace(alone, rating=0, distribution=None, baseline=0, interval=None)
        )
    assert result.tally.pairs == 5
    assert result.tally.trained_on == sum(bool(p.trained_on) for p in found)


COLD_PAIRS = "user_id,item_id\n7,3\n999,3\n7,x\nq,-5\n"


def test_unknown_ids_of_a_file_are_named_by_line(tiny: Store, tmp_path: Path) -> None:
    path = pairs_file(tmp_path, COLD_PAIRS + "8,99\n9,99\n10,99\n")
    with pytest.raises(InputDataError) as refusal:
        predict_pairs(tiny, path, model="bias")
    assert refusal.value.message == (
        f"{path}:3: bias:1 knows no user '999'; {path}:4 item 'x'; {path}:5 user 'q'; {path}:6 item '99';"
        f" {path}:7 item '99'; and 1 more of 7 pairs"
    )
    assert refusal.value.fix == f"recli predict --pairs {path} --cold baseline"


def test_the_baseline_answers_with_the_mean_for_what_it_does_not_know(tiny: Store, tmp_path: Path) -> None:
    stored = open_version(tiny, "bias").read_arrays(WEIGHTS)
    result = predict_pairs(tiny, pairs_file(tmp_path, COLD_PAIRS), model="bias", cold="baseline")
    known, no_user, no_item, neither = every(result)
    mean = float(stored["mean"][0])
    assert known.source == "model"
    assert no_user.rating == pytest.approx(mean + stored["item_biases"][3 - 1], abs=1e-6)
    assert no_item.rating == pytest.approx(mean + stored["user_biases"][7 - 1], abs=1e-6)
    assert neither.rating == pytest.approx(mean, abs=1e-6)
    assert (no_user.user_id, no_user.title) == (999, "Orbit of Glass III: Last Signal (1986)")
    assert (neither.user_id, neither.item_id, neither.title, neither.source) == ("q", -5, None, "baseline")
    tally = result.tally
    assert (tally.pairs, tally.unknown, tally.skipped, tally.cold, tally.by_baseline) == (4, 3, 0, 3, 3)


def test_unknown_pairs_are_skipped_or_left_empty_and_counted(tiny: Store, tmp_path: Path) -> None:
    path = pairs_file(tmp_path, COLD_PAIRS)
    skipped = predict_pairs(tiny, path, model="bias", cold="skip")
    assert [(p.user_id, p.item_id) for p in every(skipped)] == [(7, 3)]
    assert (skipped.tally.pairs, skipped.tally.unknown, skipped.tally.skipped, skipped.tally.cold) == (1, 3, 3, 0)
    empty = predict_pairs(tiny, path, model="bias", cold="nan")
    known, *others = every(empty)
    assert known.rating is not None
    assert [(p.user_id, p.item_id) for p in others] == [(999, 3), (7, "x"), ("q", -5)]
    assert {(p.rating, p.baseline, p.source) for p in others} == {(None, None, None)}
    assert (empty.tally.pairs, empty.tally.cold, empty.tally.by_baseline) == (4, 3, 0)
    nothing = predict_pairs(tiny, pairs_file(tmp_path, "0,0\n"), model="bias", cold="skip")
    assert every(nothing) == []


def test_a_known_user_whom_training_never_saw_is_answered_by_the_baseline(tmp_path: Path) -> None:
    plain = generate()
    ids = Vocabulary(np.append(plain.users.vocabulary.ids, 61))
    columns = {name: (*column, "") for name, column in plain.users.columns.items()}
    users = dataclasses.replace(plain.users, vocabulary=ids, columns=columns)
    dataset = dataclasses.replace(plain, users=users)
    store = Store(tmp_path / "store")
    store.publish_dataset("tiny", dataset_files(dataset), dataset_record(dataset))
    train(store, configure("bias", {}), dataset="tiny")
    result = predict_one(store, "61", "3")
    (found,) = every(result)
    stored = open_version(store, "bias").read_arrays(WEIGHTS)
    assert found.rating == pytest.approx(stored["mean"][0] + stored["item_biases"][3 - 1], abs=1e-6)
    assert found.source == "baseline"
    assert (result.tally.cold, result.tally.unknown) == (1, 0)


def test_a_distribution_is_asked_of_a_model_that_has_one(tiny: Store) -> None:
    with pytest.raises(UsageError, match="bias:1 predicts one number"):
        predict_one(tiny, "7", "3", model="bias", distribution=True)


def test_without_its_dataset_a_version_still_predicts(tiny_copy: Store) -> None:
    before = one(tiny_copy, "7", "3", model="bias")
    shutil.rmtree(tiny_copy.root / "datasets" / "tiny")
    result = predict_one(tiny_copy, "7", "3", model="bias")
    (after,) = every(result)
    assert after == dataclasses.replace(before, given=None, part=None)
    assert result.no_dataset is not None
    assert "tiny" in result.no_dataset
