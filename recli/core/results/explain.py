"""What ``explain`` returns."""

from dataclasses import dataclass

from recli.core.glossary import Term


@dataclass(frozen=True)
class Explained:
    """Terms, explained."""

    terms: tuple[Term, ...]
    listing: bool
    """Whether all are listed, or the one that was asked for."""
