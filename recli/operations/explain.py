"""The meaning of a term."""

import re

from recli.core.errors import NotFoundError
from recli.core.glossary import TERMS, Term
from recli.core.results.explain import Explained
from recli.core.spelling import near

_MOST = 5
_SHOWN = 60
"""Characters of what was asked for."""


def explain(term: str | None) -> Explained:
    """Explain a term, or list all of them.

    Args:
        term: as a person writes it: case, spaces, signs, plurals and an "@10" at the end do not matter.

    Raises:
        NotFoundError: it is not explained; those spelled like it are the candidates.
    """
    if term is None:
        return Explained(TERMS, listing=True)
    known = _names()
    key = _key(term)
    found = next((known[one] for one in (key, *_singulars(key)) if one in known), None)
    if found is None:
        candidates = tuple(dict.fromkeys(known[name].name for name in near(key, known, most=_MOST)))
        raise NotFoundError(f"no explanation of {term[:_SHOWN]!r}", fix="recli explain", candidates=candidates)
    return Explained((found,), listing=False)


def _singulars(key: str) -> tuple[str, ...]:
    return key.removesuffix("s"), key.removesuffix("es"), re.sub("ies$", "y", key)


def _names() -> dict[str, Term]:
    """Return every name of every term as ``_key`` writes it; a term's own name wins over another's by-name."""
    others = {_key(name): term for term in TERMS for name in term.also}
    return others | {_key(term.name): term for term in TERMS}


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", re.sub(r"@\d+$", "", name.strip())).casefold()
