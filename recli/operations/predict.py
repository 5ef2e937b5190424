"""Predicted stars for pairs of a user and an item."""

import shlex
from array import array
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from recli.core.errors import InputDataError, NotFoundError, require, require_one_of
from recli.core.results.predict import COLD, PredictResult, Tally
from recli.core.results.similar import TitleMatch
from recli.core.vocabulary import Vocabulary
from recli.data.delimited import STDIN
from recli.data.pair_files import PairLine, read_pairs
from recli.data.titles import TitleSearch, items_titled
from recli.models.recommender import UNKNOWN
from recli.operations.answers import Answering, Asked
from recli.operations.given import given_stars
from recli.operations.naming import find_items, is_number, near_ids, range_of, title_match, titles_of
from recli.operations.record import RunRecord
from recli.store import Store

_QUOTED = 5
"""Unknown ids that an error names."""


def predict_one(
    store: Store, user: str, item: str, *, model: str | None = None, cold: str = "error", distribution: bool = False
) -> PredictResult:
    """Predict what a user would give an item.

    Args:
        store: holds the version, and the data set that tells what they have given.
        user: their id.
        item: its id or, where no id is written so, its title or a part of one, but a number is no part: the most rated
            of several is taken.
        model: the version; ``None`` takes the first model, in the registry's order, that has one.
        cold: what to do with an id that the version does not know, one of ``COLD``.
        distribution: require a model that predicts a distribution.

    Raises:
        NotFoundError: there is no such version, or no such user or item and ``cold`` is ``error``.
        UsageError: the model predicts no distribution; the title is empty; ``cold`` is none of ``COLD``.
        IntegrityError: the version or its data set is damaged.
    """
    _require_cold(cold)
    opened = Answering.open(store, model)
    levels = _levels(opened, distribution)
    user_num = opened.users.vocabulary.parse(user)
    search = _search(opened, user, item, cold)
    if user_num is None and cold == "error":
        raise _unknown_one(opened, "user", opened.users.vocabulary, user, item, user)
    nums = UNKNOWN if user_num is None else user_num, search.nums[0] if search else UNKNOWN
    unknown = {0: PairLine(1, user, item)} if UNKNOWN in nums else {}
    asked = Asked(np.array([nums[0]], np.int32), np.array([nums[1]], np.int32), unknown)
    by_title = search is not None and opened.items.vocabulary.parse(item) is None
    found = [title_match(opened.items, num) for num in search.nums] if search and by_title else []
    exact = search is None or search.exact
    return _result(store, opened, asked, cold, levels, tuple(found), exact=exact)


def predict_pairs(
    store: Store, path: Path, *, model: str | None = None, cold: str = "error", distribution: bool = False
) -> PredictResult:
    """Predict for every pair of a file, which is read whole before the first answer; ``-`` is standard input.

    Arguments are those of ``predict_one``.

    Raises:
        NotFoundError: there is no such version or no such file.
        InputDataError: the file is malformed, or has an unknown id and ``cold`` is ``error``.
        UsageError, IntegrityError: as ``predict_one``.
    """
    _require_cold(cold)
    opened = Answering.open(store, model)
    levels = _levels(opened, distribution)
    asked = _translate(read_pairs(path), opened)
    if asked.unknown and cold == "error":
        raise _unknown_many(opened, asked, "stdin" if str(path) == STDIN else str(path), path)
    return _result(store, opened, asked, cold, levels)


def _require_cold(cold: str) -> None:
    require_one_of("--cold", cold, COLD, fix="recli predict --help")


def _levels(opened: Answering, distribution: bool) -> tuple[float, ...] | None:
    levels = opened.levels()
    message = f"--distribution: {opened.artifact.ref} predicts one number, not a distribution"
    require(levels is not None or not distribution, message, fix="recli predict --distribution --model bayes")
    return levels


def _search(opened: Answering, user: str, item: str, cold: str) -> TitleSearch | None:
    """Return the items that a text names, ``None`` where there is none and that is no error."""
    vocabulary = opened.items.vocabulary
    try:
        # A number is an id or a whole title: 1995 as a part of a title would be all films of that year.
        if vocabulary.is_integer and is_number(item) and vocabulary.parse(item) is None:
            if titled := items_titled(opened.items, item):
                return TitleSearch(titled, True)
            raise _unknown_one(opened, "item", vocabulary, user, item, item)
        with titles_of(RunRecord.read(opened.artifact.manifest).dataset.name):
            return find_items(opened.items, item)
    except NotFoundError:
        if cold == "error":
            raise
        return None


def _unknown_one(
    opened: Answering, kind: str, vocabulary: Vocabulary, user: str, item: str, text: str
) -> NotFoundError:
    return NotFoundError(
        f"{opened.artifact.ref} knows no {kind} {text!r}{range_of(vocabulary)}",
        fix=f"recli predict --user {shlex.quote(user)} --item {shlex.quote(item)} --cold baseline",
        candidates=near_ids(vocabulary, text),
    )


def _unknown_many(opened: Answering, asked: Asked, name: str, path: Path) -> InputDataError:
    """Say which ids are not known, ``_QUOTED`` of them by line."""
    said: list[str] = []
    for place, pair in list(asked.unknown.items())[:_QUOTED]:
        known_user = asked.user_nums[place] != UNKNOWN
        what = f"item {pair.item[:40]!r}" if known_user else f"user {pair.user[:40]!r}"
        said.append(f"{name}:{pair.line}: {opened.artifact.ref} knows no {what}" if not said
                    else f"{name}:{pair.line} {what}")  # fmt: skip
    more = len(asked.unknown) - len(said)
    if more:
        said.append(f"and {more:,} more of {len(asked.user_nums):,} pairs")
    return InputDataError(
        "; ".join(said),
        fix=f"recli predict --pairs {shlex.quote(str(path))} --cold baseline",
    )


def _translate(lines: Iterable[PairLine], opened: Answering) -> Asked:
    """Turn ids into nums: eight bytes a pair stay in memory."""
    user_nums, item_nums, unknown = array("i"), array("i"), {}
    users, items = _Numbering(opened.users.vocabulary), _Numbering(opened.items.vocabulary)
    for place, line in enumerate(lines):
        user, item = users[line.user], items[line.item]
        user_nums.append(user)
        item_nums.append(item)
        if UNKNOWN in (user, item):
            unknown[place] = line
    return Asked(np.array(user_nums, np.int32), np.array(item_nums, np.int32), unknown)


class _Numbering(dict[str, int]):
    """Texts that were met → their nums."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def __missing__(self, text: str) -> int:
        num = self.vocabulary.parse(text)
        if num is None:
            return UNKNOWN  # not kept: there may be as many as lines
        self[text] = num
        return num


def _result(
    store: Store,
    opened: Answering,
    asked: Asked,
    cold: str,
    levels: tuple[float, ...] | None,
    matches: tuple[TitleMatch, ...] = (),
    *,
    exact: bool = True,
) -> PredictResult:
    tally = Tally(unknown=len(asked.unknown), skipped=len(asked.unknown) if cold == "skip" else 0)
    if cold == "skip":
        asked = asked.without_unknown()
    given = given_stars(store, opened.artifact, asked.user_nums, asked.item_nums)
    return PredictResult(
        ref=opened.artifact.ref,
        scale=opened.predictor.scale,
        levels=levels,
        blocks=opened.blocks(asked, given, tally, answer_unknown=cold != "nan"),
        cold=cold,
        no_dataset=given.problem,
        matches=matches,
        exact=exact,
        tally=tally,
    )
