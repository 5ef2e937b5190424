"""Nearest items."""

import dataclasses
import shlex
from collections.abc import Sequence

from recli.core.results.similar import VECTORS, PairResult, SimilarResult, TitleMatch
from recli.render.glyphs import Bar
from recli.render.tables import heading, plural, stack, table, titled, without_echo
from recli.render.view import View

BAR = 24
"""Cells of a similarity of 1, at most."""
SHOWN_MATCHES = 8
"""Other matches listed on stderr; the rest are counted."""


def similar_view(result: SimilarResult) -> View:
    """Show the neighbours; what else the query matched, and what was hidden, goes to the notes."""
    return View(
        json={
            "ref": result.ref,
            "method": result.method,
            "query": {"item_id": result.query.item_id, "title": result.query.title},
            "exact": result.exact,
            "matches": [dataclasses.asdict(match) for match in result.matches],
            "neighbors": [dataclasses.asdict(neighbor) for neighbor in result.neighbors],
            "min_ratings": result.min_ratings,
            "hidden": result.hidden,
            "untrained": result.untrained,
            "query_trained": result.query_trained,
            "cut_at": result.cut_at,
        },
        header=("rank", "item_id", "title", "year", "similarity", "ratings"),
        rows=[(n.rank, n.item_id, n.title, n.year, n.similarity, n.ratings) for n in result.neighbors],
        quiet=[str(neighbor.item_id) for neighbor in result.neighbors],
        terminal=lambda: stack(
            heading(
                titled(result.query.title, result.query.year),
                f"{_id(result.query)}nearest by {result.ref} · {result.method}",
            ),
            table(
                *without_echo(
                    ("", "title", "similarity", " ", "ratings", "id"),
                    [
                        (str(n.rank), titled(n.title, n.year), f"{n.similarity:.3f}", Bar(n.similarity, BAR),
                         f"{n.ratings:,}", str(n.item_id))
                        for n in result.neighbors
                    ],
                ),
                left=("title",),
            ),
        ),
        subject=f"nearest to {_line(result.query)}, by {result.ref}, {result.method}",
        notes=_notes(result),
        next=f"recli project {result.ref}" if result.method == VECTORS else _recommend(result),
    )  # fmt: skip


def _id(query: TitleMatch) -> str:
    """Return what tells an item's id, unless its title is the id."""
    return "" if query.title == str(query.item_id) else f"id {query.item_id} · "


def _recommend(result: SimilarResult) -> str:
    rated = f"{titled(result.query.title, result.query.year)}={result.most_stars:g}"
    return f"recli recommend --rate {shlex.quote(rated)}"


def _notes(result: SimilarResult) -> list[str]:
    notes = []
    if not result.query_trained:
        notes.append(f"{result.ref} never saw {result.query.title!r} in training: {_unseen(result)}")
    if result.has_the_id:
        item = result.has_the_id
        notes.append(
            f"{item.item_id} is also the id of {titled(item.title, item.year)}:"
            f" recli similar --id {shlex.quote(str(item.item_id))}"
        )
    notes += match_notes((result.query, *result.matches[1:]), exact=result.exact, choose="--id")
    if result.hidden:
        few = f"fewer than {plural(result.min_ratings, 'rating')}"
        notes.append(f"{plural(result.hidden, 'item')} with {few} hidden (--min-ratings 0 shows them)")
    if result.untrained:
        notes.append(f"{plural(result.untrained, 'item')} without training ratings left out")
    if result.cut_at is not None and result.neighbors:
        notes.append(
            f"by {result.method}, {result.ref} keeps the {result.cut_at:,} nearest of an item: no more to show"
        )
    return notes


def _unseen(result: SimilarResult) -> str:
    if result.method == VECTORS:
        return "these neighbours mean nothing"
    return "these neighbours are like it in metadata" if result.neighbors else f"no neighbours by {result.method}"


def match_notes(matches: Sequence[TitleMatch], *, exact: bool, choose: str) -> list[str]:
    """Say what a title was taken for, the first of the matches, and what else it could have meant.

    Args:
        matches: one or more.
        exact: whether a title contained the query.
        choose: the option that names one of the others.
    """
    notes = [] if exact else [f"no title contains that; taken as: {titled(matches[0].title, matches[0].year)}"]
    others = matches[1:]
    if others:
        notes.append(f"also matching (choose with {choose}):")
        notes += [f"  {_line(match)}" for match in others[:SHOWN_MATCHES]]
        if len(others) > SHOWN_MATCHES:
            notes.append(f"  … and {len(others) - SHOWN_MATCHES:,} more")
    return notes


def _line(match: TitleMatch) -> str:
    return f"{match.item_id}  {titled(match.title, match.year)}, {plural(match.ratings, 'rating')}"


def pair_view(result: PairResult) -> View:
    """Show one similarity."""
    what = "cosine" if result.method == VECTORS else "similarity"
    lists = f"; the list of neighbours goes by {result.list_method}" if result.list_method else ""
    return View(
        json={
            "ref": result.ref,
            "method": result.method,
            "a": dataclasses.asdict(result.a),
            "b": dataclasses.asdict(result.b),
            "similarity": result.similarity,
            "trained": result.trained,
        },
        header=("item_id_a", "title_a", "item_id_b", "title_b", "similarity"),
        rows=[(result.a.item_id, result.a.title, result.b.item_id, result.b.title, result.similarity)],
        quiet=[f"{result.similarity:.6f}"],
        terminal=lambda: stack(
            heading(f"{what} {result.similarity:.3f}", f"by {result.ref} · {result.method}"),
            table(
                ("id", "title", "ratings"),
                [(str(m.item_id), titled(m.title, m.year), f"{m.ratings:,}") for m in (result.a, result.b)],
                left=("title",),
            ),
        ),
        subject=f"{what} by {result.ref}, {result.method}",
        notes=[
            *([f"by {result.method}{lists}"] if lists else []),
            *([] if result.trained else [f"{result.ref} never saw one of them in training: the {what} means nothing"]),
        ],
    )
