"""Ids as the data writes them, and the contiguous numbers models use instead."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Id = int | str
_INTEGER = re.compile(r"\s*-?[0-9]{1,19}\s*")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A one-to-one map between ids (what the data calls a thing) and nums (``0 … n - 1``).

    Nums follow the ascending order of the ids, so the same set of ids always gets the same nums.
    """

    ids: NDArray[np.int64] | NDArray[np.str_]
    """(n,), int64 where every id is an integer, else text; strictly ascending. Position is the num."""

    def __post_init__(self) -> None:
        if self.ids.ndim != 1 or self.ids.dtype.kind not in "iU":
            raise ValueError(f"ids must be one-dimensional integers or text, not {self.ids.dtype}, {self.ids.ndim}-d")
        ids: NDArray[Any] = self.ids
        if not (ids[:-1] < ids[1:]).all():
            raise ValueError("ids must be strictly ascending")

    @classmethod
    def of(cls, ids: Iterable[Id] | NDArray[np.generic]) -> "Vocabulary":
        """Build the vocabulary of the distinct ids given, in any order and with repeats."""
        array: NDArray[Any] = np.asarray(ids if isinstance(ids, np.ndarray) else list(ids))
        if array.size == 0:
            return cls(np.empty(0, dtype=np.int64))
        if array.dtype.kind in "iu":
            return cls(np.unique(array.astype(np.int64)))
        return cls(np.unique(array.astype(np.str_)))

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and np.array_equal(self.ids, other.ids)

    @property
    def is_integer(self) -> bool:
        """Whether ids are integers (they are text otherwise)."""
        return self.ids.dtype.kind == "i"

    @cached_property
    def _num_of(self) -> dict[Id, int]:
        return {id_: num for num, id_ in enumerate(self.ids.tolist())}

    def id(self, num: int) -> Id:
        """Return the id of a num, as a plain ``int`` or ``str``."""
        value: Id = self.ids[num].item()
        return value

    def num(self, id_: Id) -> int | None:
        """Return the num of an id, or ``None`` when the vocabulary does not have it."""
        return self._num_of.get(id_)

    def parse(self, text: str) -> int | None:
        """Return the num of an id typed by a person, or ``None``: ``"50"`` is id 50 where ids are integers."""
        if not self.is_integer:
            return self.num(text)
        return self.num(int(text)) if _INTEGER.fullmatch(text) else None

    def nums(self, ids: NDArray[np.generic]) -> NDArray[np.int32]:
        """Translate many ids at once.

        Args:
            ids: (m,) of the vocabulary's own kind.

        Returns:
            (m,) int32 nums; ``-1`` where the vocabulary does not have the id.
        """
        if ids.dtype.kind == "u" and self.is_integer:
            # Compared as they are, numpy would turn both into floats, and large ids into their neighbours.
            ids = ids.astype(np.int64)
        if len(self) == 0:
            return np.full(len(ids), -1, dtype=np.int32)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        return np.where(self.ids[places] == ids, places, -1).astype(np.int32)
