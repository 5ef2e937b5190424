"""Terms in one or two sentences."""

import re
from typing import TYPE_CHECKING

from recli.core.glossary import Term
from recli.core.results.explain import Explained
from recli.core.shown_by import shown_by
from recli.render.tables import facts, heading, stack
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType


def explain_view(result: Explained) -> View:
    """Show a term whole, or the first sentence of each."""
    terms = [
        {
            "term": own.name,
            "text": own.text,
            "formula": own.formula or None,
            "see": own.see,
            "shown_by": shown_by(own.name),
        }
        for own in result.terms
    ]
    return View(
        json={"terms": terms},
        header=("term", "text", "formula", "see", "shown_by"),
        rows=[(term.name, term.text, term.formula, term.see, ",".join(shown_by(term.name))) for term in result.terms],
        quiet=[term.name if result.listing else term.text for term in result.terms],
        terminal=lambda: _list(result.terms) if result.listing else _one(result.terms[0]),
        next="recli explain nDCG" if result.listing else None,
    )


def _list(terms: tuple[Term, ...]) -> "RenderableType":
    return facts((term.name, re.split(r"(?<=\.) ", term.text)[0]) for term in terms)


def _one(term: Term) -> "RenderableType":
    from rich.text import Text

    commands = shown_by(term.name)
    also = [("formula", term.formula)] if term.formula else []
    shown = [("shown by", ", ".join(f"recli {command}" for command in commands))] if commands else []
    return stack(heading(term.name), Text(term.text), facts([*also, *shown, ("more", term.see)]))
