"""Users and items as a person names them."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.similar import TitleMatch
from recli.core.spelling import near
from recli.core.vocabulary import Vocabulary
from recli.data.titles import STATS, TitleSearch, search_titles

_NUMBER = re.compile(r"\s*-?[0-9]{1,19}\s*")


def near_ids(vocabulary: Vocabulary, text: str) -> list[str]:
    """Return the ids that are written most like a text; of numbers none is meant by another."""
    return [] if vocabulary.is_integer else near(text, (str(id_) for id_ in vocabulary.ids.tolist()))


def range_of(vocabulary: Vocabulary) -> str:
    """Return what to say behind an unknown id: from where to where ids go, where they are numbers."""
    if not (vocabulary.is_integer and len(vocabulary)):
        return ""
    return f": ids go from {vocabulary.id(0)} to {vocabulary.id(len(vocabulary) - 1)}"


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number: where ids are numbers it names one, and is no part of a title."""
    return _NUMBER.fullmatch(text) is not None


@contextmanager
def titles_of(dataset: str) -> Iterator[None]:
    """Let whoever names no item of a dataset be shown its own: ``recli stats`` alone is about another one."""
    try:
        yield
    except NotFoundError as error:
        if error.fix == STATS and dataset != DEFAULT_DATASET:
            error.fix = f"recli stats {shlex.quote(dataset)} --popularity"
        raise


def find_items(items: ItemTable, text: str) -> TitleSearch:
    """Return the item whose id is written so, or else those whose title answers the text, best first.

    Raises:
        NotFoundError: there is neither.
    """
    num = items.vocabulary.parse(text)
    return TitleSearch((num,), True) if num is not None else search_titles(items, text)


def title_match(items: ItemTable, num: int) -> TitleMatch:
    """Describe an item."""
    return TitleMatch(items.vocabulary.id(num), items.titles[num], items.year(num), int(items.n_ratings[num]))
