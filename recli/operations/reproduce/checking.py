"""What a check expects, and whether a value meets it."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from recli.core.results.reproduce import CheckResult, Kind, Section, Status, Value


@dataclass(frozen=True)
class Missing:
    """Stands for a value that could not be computed."""

    reason: str
    fix: str = ""
    """The command that would change it."""


Found = Value | Missing


@dataclass(frozen=True)
class Expectation(ABC):
    """What a found value must be."""

    @property
    @abstractmethod
    def kind(self) -> Kind:
        """How strict it is."""

    @property
    @abstractmethod
    def wanted(self) -> Value | tuple[float, float]:
        """The value, or the two ends of a range."""

    @property
    def source(self) -> str:
        """Where it comes from."""
        return "exact"

    @abstractmethod
    def holds(self, found: Value) -> bool:
        """Tell whether a value meets it."""

    @abstractmethod
    def text(self, value: Value) -> str:
        """Return a value as this expectation writes it."""

    def __str__(self) -> str:
        return self.text(self.wanted) if not isinstance(self.wanted, tuple) else ""


@dataclass(frozen=True)
class Exact(Expectation):
    """The very same number or text."""

    value: int | str

    @property
    def kind(self) -> Kind:
        """No digit may differ."""
        return "exact"

    @property
    def wanted(self) -> Value:
        """The value."""
        return self.value

    def holds(self, found: Value) -> bool:
        """Equal, and of one type: the text ``1`` is not the number."""
        return type(found) is type(self.value) and found == self.value

    def text(self, value: Value) -> str:
        """Write thousands apart."""
        return f"{value:,}" if isinstance(value, int) else str(value)


@dataclass(frozen=True)
class Near(Expectation):
    """A number that the notebook shows rounded: half of its last digit either way."""

    value: float
    digits: int = 3
    """Behind the point."""

    @property
    def kind(self) -> Kind:
        """Rounding apart, the same."""
        return "tolerance"

    @property
    def wanted(self) -> Value:
        """The value."""
        return self.value

    def holds(self, found: Value) -> bool:
        """Rounds to the value; a number on the edge does too."""
        # The last bits of a mean depend on the order in which a machine adds.
        return isinstance(found, int | float) and abs(found - self.value) <= 0.5 * 10**-self.digits + 1e-9

    def text(self, value: Value) -> str:
        """Write as many digits as the notebook does."""
        return f"{value:.{self.digits}f}" if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class Within(Expectation):
    """A number that training leaves to chance: the notebook ran once, other seeds end around it."""

    low: float
    high: float
    seed_run: str
    """What the notebook's one run gave."""
    digits: int = 3

    @property
    def kind(self) -> Kind:
        """Both ends are inside."""
        return "range"

    @property
    def wanted(self) -> tuple[float, float]:
        """The ends."""
        return self.low, self.high

    @property
    def source(self) -> str:
        """One random run."""
        return f"seed run: {self.seed_run}"

    def holds(self, found: Value) -> bool:
        """Lies inside; NaN does not."""
        return isinstance(found, int | float) and math.isfinite(found) and self.low <= found <= self.high

    def text(self, value: Value) -> str:
        """Write a number to the digits of the notebook."""
        return f"{value:.{self.digits}f}" if isinstance(value, int | float) else str(value)

    def __str__(self) -> str:
        return f"{self.text(self.low)} to {self.text(self.high)}"


@dataclass(frozen=True)
class Check:
    """One value of the notebook."""

    key: str
    """Of the value, among those that are measured."""
    section: Section
    name: str
    expects: Expectation
    on_copy: str = ""
    """Why it cannot hold on the copy of the data set in a Python package; empty where it must hold there too."""


def judge_check(check: Check, found: Found, *, is_copy: bool) -> CheckResult:
    """Compare what was measured with what the notebook shows.

    Args:
        check: what is expected.
        found: what was measured.
        is_copy: whether the data set is the copy without release dates: then what needs them is noted, not failed.
    """
    status, note = _status(check, found, is_copy=is_copy)
    value = None if isinstance(found, Missing) else found
    return CheckResult(
        section=check.section,
        name=check.name,
        expected=check.expects.wanted,
        expected_text=str(check.expects),
        found=value if not isinstance(value, float) or math.isfinite(value) else None,
        found_text="–" if value in (None, "") else check.expects.text(value),
        status=status,
        kind=check.expects.kind,
        source=check.expects.source,
        note=note,
    )


def _status(check: Check, found: Found, *, is_copy: bool) -> tuple[Status, str]:
    if isinstance(found, Missing):
        return "skipped", f"{found.reason}: {found.fix}" if found.fix else found.reason
    if check.expects.holds(found):
        return "pass", ""
    if is_copy and check.on_copy:
        return "noted", check.on_copy
    return "fail", ""
