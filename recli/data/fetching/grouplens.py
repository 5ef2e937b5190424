"""Parses the three files of MovieLens 100K, strictly: a line that is not as documented stops it.

The syntax is GroupLens' own (README of the dataset): ``u.data`` is tab-separated; ``u.item`` and ``u.user`` are
``|``-separated; all are latin-1, one row a line, without a header.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

import numpy as np

from recli.core.dataset import NO_YEAR
from recli.core.errors import InputDataError
from recli.core.ratings import RatingScale
from recli.data.build import ItemRow, RatingColumns, UserRow

RATINGS_FILE = "u.data"
ITEMS_FILE = "u.item"
USERS_FILE = "u.user"
SCALE = RatingScale(1.0, 5.0)
GENRES = (
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)
"""In the order of the flags at the end of a line of ``u.item``."""
USER_COLUMNS = ("age", "gender", "occupation", "zip_code")

_RATING_FIELDS = ("user id", "item id", "rating", "timestamp")
_ITEM_FIELDS = ("movie id", "title", "release date", "video release date", "IMDb URL", *GENRES)
_USER_FIELDS = ("user id", *USER_COLUMNS)
_INTEGER = re.compile(r"0|[1-9][0-9]{0,14}")
_STARS = re.compile(r"[1-5]")
_DATE = re.compile(r"[0-9]{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-([0-9]{4})")
_AGE = re.compile(r"[0-9]{1,3}")
_GENDER = re.compile(r"[MF]")
# Longer than any honest line, and shorter than the longest field that Python's csv module reads back.
_MAX_LINE_CHARS = 64 << 10


def parse_ratings(content: bytes, file: str = RATINGS_FILE) -> RatingColumns:
    """Parse ``u.data``: user id, item id, 1 to 5 stars, seconds since 1970.

    Args:
        content: of the file.
        file: its name, for messages: folds have the same syntax.

    Raises:
        InputDataError: a line is malformed, a user rates an item twice, or there is no line; it names file and line.
    """
    rows: list[tuple[int, int, int, int]] = []
    line_of: dict[tuple[int, int], int] = {}
    for number, fields in _lines(content, file, "\t", _RATING_FIELDS):
        at = (file, number)
        user, item = _integer(fields[0], at, "user id"), _integer(fields[1], at, "item id")
        stars = int(_matched(_STARS, fields[2], at, "rating")[0])
        first = line_of.setdefault((user, item), number)
        if first != number:
            _refuse(at, f"user {user} rates item {item} again, as in line {first}")
        rows.append((user, item, stars, _integer(fields[3], at, "timestamp")))
    columns = np.array(rows, dtype=np.int64)
    return RatingColumns(
        user_ids=columns[:, 0],
        item_ids=columns[:, 1],
        values=columns[:, 2].astype(np.float32),
        timestamps=columns[:, 3],
    )


def parse_items(content: bytes) -> list[ItemRow]:
    """Parse ``u.item``: id, title, release date, video release date (not kept), IMDb URL, 19 genre flags.

    The release year is the third part of the date ``01-Jan-1995``; a movie without a date has none.

    Raises:
        InputDataError: a line is malformed, an item comes twice, or there is no line; it names file and line.
    """
    rows: dict[int, ItemRow] = {}
    for number, fields in _lines(content, ITEMS_FILE, "|", _ITEM_FIELDS):
        at = (ITEMS_FILE, number)
        item_id = _integer(fields[0], at, "movie id")
        if item_id in rows:
            _refuse(at, f"item {item_id} again")
        if not fields[1]:
            _refuse(at, "the title is empty")
        rows[item_id] = ItemRow(
            item_id,
            title=fields[1],
            year=int(_matched(_DATE, fields[2], at, "release date")[1]) if fields[2] else NO_YEAR,
            release_date=fields[2],
            genres=_genres(fields[5:], at),
            url=fields[4],
        )
    return list(rows.values())


def parse_users(content: bytes) -> list[UserRow]:
    """Parse ``u.user``: id, age, gender, occupation, zip code.

    Raises:
        InputDataError: a line is malformed, a user comes twice, or there is no line; it names file and line.
    """
    rows: dict[int, UserRow] = {}
    for number, fields in _lines(content, USERS_FILE, "|", _USER_FIELDS):
        at = (USERS_FILE, number)
        user_id = _integer(fields[0], at, "user id")
        if user_id in rows:
            _refuse(at, f"user {user_id} again")
        _matched(_AGE, fields[1], at, "age")
        _matched(_GENDER, fields[2], at, "gender")
        rows[user_id] = UserRow(user_id, dict(zip(USER_COLUMNS, fields[1:], strict=True)))
    return list(rows.values())


def _lines(content: bytes, file: str, separator: str, names: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number from 1, its fields), as many fields as there are names."""
    # Not splitlines(): latin-1 titles may hold \x85, which it takes for the end of a line.
    lines = content.decode("latin-1").split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        _refuse((file, 1), "the file is empty")
    for number, line in enumerate(lines, start=1):
        if len(line) > _MAX_LINE_CHARS:
            _refuse((file, number), f"the line is {len(line)} characters long")
        fields = line.split(separator)
        if len(fields) != len(names):
            _refuse((file, number), f"{len(fields)} fields instead of {len(names)}")
        yield number, fields


def _genres(flags: list[str], at: tuple[str, int]) -> tuple[str, ...]:
    for genre, flag in zip(GENRES, flags, strict=True):
        if flag not in ("0", "1"):
            _refuse(at, f"the flag of {genre} is {flag!r}, neither 0 nor 1")
    return tuple(genre for genre, flag in zip(GENRES, flags, strict=True) if flag == "1")


def _integer(text: str, at: tuple[str, int], what: str) -> int:
    return int(_matched(_INTEGER, text, at, what)[0])


def _matched(pattern: re.Pattern[str], text: str, at: tuple[str, int], what: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        _refuse(at, f"{text[:40]!r} is no {what}")
    return match


def _refuse(at: tuple[str, int], problem: str) -> NoReturn:
    file, line = at
    raise InputDataError(f"{file}:{line}: {problem}")
