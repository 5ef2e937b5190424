"""What the lines of a file that describes items or users are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from recli.data.build import ItemRow, UserRow

Row = TypeVar("Row", ItemRow, UserRow)
Parse = Callable[[list[str]], Row]


@dataclass(frozen=True)
class Layout(Generic[Row]):
    """What the lines of a file are."""

    names: tuple[str, ...]
    """Of the cells."""
    columns: Mapping[str, str | None]
    """What is read from which."""
    parse: Parse[Row]
    header: bool = False
    grouplens: bool = False
    """Whether it is GroupLens' own, which may be latin-1."""
    title: int | None = None
    odd_years: list[str] = field(default_factory=list)
    """Cells that should be a year and are none, as they are parsed: their items have no year."""
