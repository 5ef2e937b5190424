"""Recommendations."""

import dataclasses
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recli.core.results.recommend import AllUsers, Reason, Recommendation, RecommendResult, UserRow
from recli.core.results.similar import MIN_RATINGS
from recli.core.text import visible
from recli.render.csv_text import Cell, rows_text
from recli.render.glyphs import Bar
from recli.render.tables import facts, heading, plural, stack, stars, table, titled, without_echo
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

RETYPED = 3
"""Ratings of a new person that a hint repeats."""
BAR = 24
"""Cells of the highest score, at most."""
_INDENT = 4
"""Cells before a reason."""
SHOWN_RATINGS = 5
"""Ratings of a new person that are repeated; the rest are counted."""
ALL_HEADER = ("user_id", "rank", "item_id", "title", "rating", "score")
"""Columns of the lines for all users."""
_EXCLUDED = {"rated": "rated", "trained": "rated in training"}


def recommend_view(result: RecommendResult) -> View:
    """Show the items of one person; what was understood and left out goes to the notes."""
    return View(
        json={
            "user": result.user_id,
            "ref": result.ref,
            "given": [dataclasses.asdict(rating) for rating in result.given],
            "by_popularity": result.by_popularity,
            "excluded": result.excluded,
            "n_excluded": result.n_excluded,
            "items": [dataclasses.asdict(item) for item in result.items],
        },
        header=("rank", "item_id", "title", "year", "rating", "score", "ratings", *_reason_header(result)),
        rows=[_row(item) for item in result.items],
        quiet=[str(item.item_id) for item in result.items],
        terminal=lambda: _terminal(result),
        subject=f"{_who(result)}, by {_by(result)}",
        notes=_notes(result),
        next=_next(result),
    )


def _user_cells(row: UserRow) -> Sequence[Cell]:
    """Return a line for ``ALL_HEADER``."""
    item = row.item
    return row.user_id, item.rank, item.item_id, item.title, item.rating, item.score


def all_view(result: AllUsers) -> View:
    """Show the lines of all users, where they are wanted on stdout."""
    rows = [row for block in result.blocks for row in block]
    return View(
        json={
            "ref": result.ref,
            "users": result.n_users,
            "excluded": result.excluded,
            "recommendations": [{"user": row.user_id, **dataclasses.asdict(row.item)} for row in rows],
        },
        header=ALL_HEADER,
        rows=[_user_cells(row) for row in rows],
        quiet=[f"{row.user_id}\t{row.item.item_id}" for row in rows],
        terminal=lambda: stack(
            heading(f"for {plural(result.n_users, 'user')}", f"by {result.ref}"),
            table(
                ("user", "", "title", "stars", "id"),
                [
                    (str(r.user_id), str(r.item.rank), titled(r.item.title, r.item.year), f"{r.item.rating:.1f}",
                     str(r.item.item_id))
                    for r in rows
                ],
                left=("title",),
            ),
        ),
    )  # fmt: skip


def _row(item: Recommendation) -> Sequence[Cell]:
    cells = (item.rank, item.item_id, item.title, item.year, item.rating, item.score, item.ratings)
    return cells if item.reasons is None else (*cells, "; ".join(map(_because, item.reasons)))


def _reason_header(result: RecommendResult) -> tuple[str, ...]:
    return ("because",) if result.items and result.items[0].reasons is not None else ()


def _terminal(result: RecommendResult) -> "RenderableType":
    parts: list[RenderableType] = [heading(_who(result), f"by {_by(result)}")]
    most = max([0.0, *(item.score for item in result.items)]) or 1.0
    lines = [
        (str(i.rank), titled(i.title, i.year), f"{i.rating:.1f}", f"{i.score:.2f}", Bar(i.score / most, BAR),
         f"{i.ratings:,}", str(i.item_id))
        for i in result.items
    ]  # fmt: skip
    parts.append(table(*without_echo(("", "title", "stars", "score", " ", "ratings", "id"), lines), left=("title",)))
    if any(item.reasons for item in result.items):
        parts.append(_why(result.items))
    return stack(*parts)


def _why(items: Iterable[Recommendation]) -> "RenderableType":
    """Say for each item what speaks for it, in the words of the person's own ratings."""
    from rich.console import Group
    from rich.text import Text

    lines: list[RenderableType] = []
    for item in items:
        if item.reasons:
            first, *others = map(_because, item.reasons)
            lines += [Text(visible(titled(item.title, item.year))), _Reasons([f"because you {first}", *others])]
    return Group(*lines)


@dataclass(frozen=True)
class _Reasons:
    """Reasons behind each other as far as a line holds them: one that breaks would leave its share alone."""

    reasons: Sequence[str]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.cells import cell_len
        from rich.padding import Padding
        from rich.text import Text

        lines = [visible(self.reasons[0])]
        for reason in map(visible, self.reasons[1:]):
            joined = f"{lines[-1]}, {reason}"
            if cell_len(joined) + _INDENT < options.max_width:
                lines[-1] = joined
            else:
                lines[-1] += ","
                lines.append(reason)
        for line in lines:
            yield Padding(Text(line, style="dim"), (0, 0, 0, _INDENT))


def _because(reason: Reason) -> str:
    what = titled(reason.title, reason.year)
    given = f"rated {what}" if reason.stars is None else f"gave {what} {stars(reason.stars)}"
    return f"{given} ({reason.share:.0%})"


def _who(result: RecommendResult) -> str:
    if result.user_id is not None:
        return f"for user {result.user_id}"
    return f"for you, by {plural(len(result.given), 'rating')}" if result.given else "what most people rated"


def _by(result: RecommendResult) -> str:
    return f"{result.ref}, popularity" if result.by_popularity else result.ref


def _notes(result: RecommendResult) -> list[str]:
    notes = []
    if result.given:
        shown = [f"{titled(g.title, g.year)} {stars(g.stars)}" for g in result.given[:SHOWN_RATINGS]]
        more = len(result.given) - SHOWN_RATINGS
        notes.append("understood: " + ", ".join(shown) + (f" and {more:,} more" if more > 0 else ""))
    if result.by_popularity:
        whom = "nothing is known of your taste" if result.user_id is None else f"{result.ref} knows no rating of theirs"
        notes.append(f"{whom}: these are the items that most people rated")
    if result.user_id is not None and result.n_excluded:
        notes.append(f"{plural(result.n_excluded, 'item')} {_EXCLUDED[result.excluded]} by them left out (--exclude)")
    few = sum(item.ratings < MIN_RATINGS for item in result.items)
    if few:
        has, them = ("has", "it") if few == 1 else ("have", "them")
        notes.append(
            f"{few} of these {has} fewer than {MIN_RATINGS} ratings (--min-ratings {MIN_RATINGS} hides {them})"
        )
    if len(result.items) < result.asked:
        notes.append(f"only {plural(len(result.items), 'item')} left of the {result.asked:,} asked for")
    return notes


def _next(result: RecommendResult) -> str | None:
    if result.user_id is None and not result.given:
        return 'recli recommend --rate "TITLE=STARS"'
    if not result.explainable or result.by_popularity or not result.items or result.items[0].reasons is not None:
        return f"recli evaluate {result.ref}"
    if len(result.given) > RETYPED:
        return None
    given = [f"--rate {shlex.quote(f'{titled(g.title, g.year)}={g.stars:g}')}" for g in result.given]
    who = " ".join(given) if result.user_id is None else f"--user {shlex.quote(str(result.user_id))}"
    return f"recli recommend {who} --model {result.ref} --explain"


def all_pieces(result: AllUsers, separator: str, *, raw: bool, on_users: Callable[[int], None]) -> Iterator[str]:
    """Yield the lines of all users as pieces of a table, header first.

    Args:
        result: read as the pieces are.
        separator: a comma for CSV, a tab for TSV.
        raw: do not guard text that a spreadsheet would run as a formula.
        on_users: called with the number of users done after each piece.
    """
    yield rows_text([ALL_HEADER], separator)
    done = 0
    for block in result.blocks:
        yield rows_text(map(_user_cells, block), separator, raw=raw)
        done += len({row.user_id for row in block})
        on_users(done)


def written_view(result: AllUsers, out: Path) -> View:
    """Say that the lines of all users are in a file."""
    path = str(out)
    return View(
        json={"ref": result.ref, "users": result.n_users, "excluded": result.excluded, "files": {"out": path}},
        header=(),
        rows=[(path,)],
        quiet=[path],
        terminal=lambda: facts(
            [("recommended", f"to {plural(result.n_users, 'user')}, by {result.ref}"), ("wrote", out)]
        ),
    )
