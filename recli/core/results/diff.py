"""What ``models diff`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass

from recli.core.flat import Leaf


@dataclass(frozen=True)
class DiffRow:
    """What two versions say of one thing."""

    name: str
    """``parameters.epochs``."""
    first: Leaf
    """``None`` where the version does not say."""
    second: Leaf

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.first != self.second


@dataclass(frozen=True)
class ModelDiff:
    """Two versions side by side."""

    refs: tuple[str, str]
    sections: Mapping[str, tuple[DiffRow, ...]]
    """``configuration``, ``data``, ``split``, ``fit``, ``environment``, ``metrics`` and ``other`` → all rows."""
