"""A picture as a page to open anywhere: the figure inline, how to read it, and the numbers that it shows."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from recli.core.text import visible
from recli.render.csv_text import Cell

_SVG = "http://www.w3.org/2000/svg"
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_TOO_SMALL = 5e-5
"""A number nearer to 0 would be rounded to it."""


@dataclass(frozen=True)
class Table:
    """Some of the numbers drawn."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    """Texts as they are, ids and years among them; counts with commas, other numbers to four decimals."""


@dataclass(frozen=True)
class About:
    """What a page says beside the figure."""

    title: str
    reading: str
    """How to read the figure, in one or two sentences."""
    tables: Sequence[Table]


def page(svg: bytes, about: About, variables: Mapping[str, str], heading: float) -> bytes:
    """Return one self-contained page in UTF-8: no script, no request; titles are text.

    Args:
        svg: the figure as matplotlib writes it, its texts as texts.
        about: what else to say.
        variables: colour of the figure in lower case → the page's own, which is another one in the dark.
        heading: height at the figure's top to leave out, in its units: the page has a heading of its own.
    """
    content = Template(_asset("plot.html")).substitute(
        title=_text(about.title),
        style=_asset("plot.css").rstrip(),
        reading=_text(about.reading),
        figure=_inline(svg, about.title, variables, heading),
        tables="\n".join(_table(table) for table in about.tables),
    )
    return content.encode()


def _asset(name: str) -> str:
    return files("recli.render.plots").joinpath("assets", name).read_text(encoding="utf-8")


def _text(text: str) -> str:
    return html.escape(visible(text))


def _inline(svg: bytes, title: str, variables: Mapping[str, str], heading: float) -> str:
    """Return an SVG element that scales and follows the page's colours, without comments: those hold titles."""
    from xml.etree import ElementTree

    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(svg)  # noqa: S314 - written by matplotlib a moment ago
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    root.set("viewBox", f"{left:g} {top + heading:g} {width:g} {height - heading:g}")
    root.attrib |= {"role": "img", "aria-label": visible(title)}
    for element in root.iter():
        style = element.get("style")
        if style:
            element.set("style", _COLOUR.sub(lambda found: variables.get(found[0].lower(), found[0]), style))
    return ElementTree.tostring(root, encoding="unicode")


def _table(table: Table) -> str:
    numbers = [
        all(not isinstance(row[column], str) for row in table.rows) and bool(table.rows)
        for column in range(len(table.header))
    ]
    kinds = [' class="n"' if number else "" for number in numbers]
    head = "".join(f"<th{kind}>{_text(name)}</th>" for kind, name in zip(kinds, table.header, strict=True))
    rows = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{_cell(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in table.rows
    )
    count = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
    return (
        f"<details>\n<summary>{_text(table.title)}<small>{count}</small></summary>\n"
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>\n'
        "</details>"
    )


def _cell(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.3g}" if 0 < abs(cell) < _TOO_SMALL else f"{cell:,.4f}"
