"""Which rows a model learns from, which stop its training, and which judge it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError, require
from recli.core.spelling import near

GIVEN_FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")
"""Folds that a publisher ships with its ratings: MovieLens 100K's five parts, and ten ratings of each user twice."""
FORMS = ("random", "user", "user:last:N", "time", "hash", "kfold:K", "kfold:K/k", *GIVEN_FOLDS)
"""What ``--split`` takes, alone or as a list with commas."""
MAX_FOLDS = 100

_COUNT = "([1-9][0-9]{0,8})"
_LAST = re.compile(f"user:last:{_COUNT}")
_KFOLD = re.compile(f"kfold:{_COUNT}(?:/{_COUNT})?")
_FRACTIONAL = ("random", "user", "time", "hash")


@dataclass(frozen=True)
class SplitSpec:
    """How to split, in numbers: the same spec on the same dataset gives the same rows."""

    test_fraction: float = 0.2
    """Share of the rows held out to judge: of all, of each user (``user``); not read where the method says itself."""
    validation_fraction: float = 0.1
    """Share of the remaining rows that only watches training; 0 for none."""
    seed: int = 0
    """Of the shuffle, 0 to 2³² - 1."""
    method: str = "random"
    """``random``, ``user``, ``user:last``, ``time``, ``hash``, ``kfold`` or ``given``."""
    last: int = 0
    """``user:last``: the newest rows of each user that judge."""
    folds: int = 0
    """``kfold``: how many parts there are."""
    fold: int = 0
    """``kfold``: which of them judges, from 1."""
    given: str = ""
    """``given``: the name of the publisher's fold."""

    def __post_init__(self) -> None:
        test, validation = self.test_fraction, self.validation_fraction
        rules = (
            (0 < test < 1, f"--test-fraction must lie between 0 and 1, not {test}"),
            (0 <= validation < 1, f"--validation-fraction must be at least 0 and less than 1, not {validation}"),
            (0 <= self.seed < 2**32, f"--split-seed must be 0 to {2**32 - 1}, not {self.seed}"),
            (self._is_whole(), f"--split takes {_forms()}, not {self.name}"),
        )
        for holds, message in rules:
            require(holds, message, fix="recli train --help")

    def _is_whole(self) -> bool:
        """Tell whether the numbers are those of the method."""
        return {
            "user:last": self.last >= 1,
            "kfold": 2 <= self.folds <= MAX_FOLDS and 1 <= self.fold <= self.folds,
            "given": self.given in GIVEN_FOLDS,
        }.get(self.method, self.method in _FRACTIONAL)

    @classmethod
    def parse(
        cls, text: str, *, test_fraction: float = 0.2, validation_fraction: float = 0.1, seed: int = 0
    ) -> tuple["SplitSpec", ...]:
        """Read what ``--split`` takes: ``random``, ``user``, ``user:last:2``, ``time``, ``kfold:5``, ``u1``, ``u1,u2``.

        Returns:
            One spec for each fold, in the order they are written; ``kfold:5`` is five, ``kfold:5/2`` the second alone.

        Raises:
            UsageError: the text, or a number in it or beside it, is none of these; or a fold comes twice.
        """
        specs = tuple(
            cls(test_fraction, validation_fraction, seed, **fields)
            for form in text.split(",")
            for fields in _fields(form.strip())
        )
        names = [spec.name for spec in specs]
        twice = next((name for name in names if names.count(name) > 1), None)
        require(twice is None, f"--split {text} has {twice} twice", fix="recli train --help")
        return specs

    @property
    def name(self) -> str:
        """What ``--split`` takes for it: ``random``, ``user:last:2``, ``kfold:5/1``, ``u1``."""
        numbered = {
            "user:last": f"user:last:{self.last}",
            "kfold": f"kfold:{self.folds}/{self.fold}",
            "given": self.given,
        }
        return numbered.get(self.method, self.method)

    def __str__(self) -> str:
        return self.name

    @property
    def reads_test_fraction(self) -> bool:
        """Whether ``test_fraction`` says how many rows judge."""
        return self.method in _FRACTIONAL

    def words(self) -> str:
        """Say which rows judge and which watch, for a person."""
        share = f"{100 * self.test_fraction:.4g}%"
        judging = {
            "random": f"{share} of the rows at random",
            "user": f"{share} of each user's rows at random",
            "user:last": f"each user's newest {self.last} rows" if self.last > 1 else "each user's newest row",
            "time": f"the newest {share} of the rows",
            "hash": f"about {share} of the rows, by a hash of user and item",
            "kfold": f"part {self.fold} of {self.folds} random parts",
            "given": f"the publisher's fold {self.given}",
        }[self.method]
        share = f"{100 * self.validation_fraction:.4g}%"
        watching = {
            "user": f"{share} of each user's at random",
            "user:last": f"each user's newest {share}",
            "time": f"the newest {share}",
        }.get(self.method, f"{share} at random")
        watch = f"; of the others, {watching} to watch training" if self.validation_fraction else ""
        return f"{judging} to judge{watch}; seed {self.seed}"

    def record(self) -> dict[str, Any]:
        """Return what a manifest says of it: name, method, words, and every number that the method reads."""
        numbers = {
            "test_fraction": self.test_fraction if self.reads_test_fraction else None,
            "last": self.last,
            "folds": self.folds,
            "fold": self.fold,
            "given": self.given,
        }
        return {
            "name": self.name,
            "method": self.method,
            "words": self.words(),
            **{name: number for name, number in numbers.items() if number},
            "validation_fraction": self.validation_fraction,
            "seed": self.seed,
        }


def _fields(form: str) -> Iterator[dict[str, Any]]:
    """Yield the fields of each spec that one form means."""
    last, kfold = _LAST.fullmatch(form), _KFOLD.fullmatch(form)
    if form in _FRACTIONAL:
        yield {"method": form}
    elif form in GIVEN_FOLDS:
        yield {"method": "given", "given": form}
    elif last:
        yield {"method": "user:last", "last": int(last[1])}
    elif kfold:
        folds, fold = int(kfold[1]), kfold[2]
        require(
            2 <= folds <= MAX_FOLDS and (fold is None or int(fold) <= folds),
            f"--split kfold:K takes 2 to {MAX_FOLDS} parts, and kfold:K/k the k-th of them from 1, not {form}",
            fix="recli train --split kfold:5",
        )
        for k in range(1, folds + 1) if fold is None else [int(fold)]:
            yield {"method": "kfold", "folds": folds, "fold": k}
    else:
        meant = near(form, _filled(form))
        fix = f"recli train --split {meant[0] if meant else 'kfold:5'}"
        raise UsageError(f"--split takes {_forms()}, not {form!r}", fix=fix, candidates=meant)


def _filled(form: str) -> list[str]:
    """Return every form with the numbers that one has which is none of them: ``use:last:2`` means ``user:last:2``."""
    own = re.findall("[1-9][0-9]*", form)
    count, part = own[0] if own else "5", own[1] if own[1:] else "1"
    filled = (known.replace("N", own[0] if own else "1").replace("K", count) for known in FORMS)
    return [text.replace("/k", f"/{part}") for text in filled]


def _forms() -> str:
    return ", ".join(FORMS[:-1]) + f" or {FORMS[-1]}"


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers into ``Dataset.ratings``; the three parts are disjoint and cover every row."""

    train: NDArray[np.int64]
    """(n_train,)"""
    validation: NDArray[np.int64]
    """(n_validation,), possibly empty."""
    test: NDArray[np.int64]
    """(n_test,)"""
