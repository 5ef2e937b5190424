"""The notebook recomputed, as a page to read: HTML in one file, or Markdown with its pictures beside it."""

import base64
import html
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import groupby
from string import Template

from recli.core.results.reproduce import CheckResult, Picture, ReproduceResult
from recli.core.text import visible
from recli.render.reproduce import WORDS, ranges_remark, summary

TITLE = "The notebook, recomputed"

_WIDE = ("data", "similarity", "predictions-dot", "predictions-deep")
"""Pictures of several panels, which need the page's whole width."""
_PICTURES_OF: Mapping[str, Sequence[str]] = {
    "Data": ("data",),
    "Models": ("loss-dot", "loss-deep", "predictions-dot", "predictions-deep"),
    "Embeddings": ("similarity",),
    "Maps": ("map-tsne", "map-umap"),
}
"""Section → its pictures, in the order in which they stand well beside each other."""
_HEAD = "".join(f"<th>{name}</th>" for name in ("check", "expected", "found", "result"))
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


def report_html(result: ReproduceResult) -> str:
    """Return one self-contained page in UTF-8: pictures embedded, no script, no request; titles are text."""
    return Template(_asset("report.html")).substitute(
        title=TITLE,
        style=_asset("report.css"),
        lead=html.escape(_lead(result)),
        tiles="\n".join(_tiles(result)),
        links="\n".join(_link(section, own) for section, own in _sections(result)),
        sections="\n".join(_section(section, own, result.pictures) for section, own in _sections(result)),
        footer="\n".join(f"<p>{html.escape(text)}</p>" for text in _remarks(result)),
    )


def report_markdown(result: ReproduceResult, folder: str) -> tuple[str, Mapping[str, bytes]]:
    """Return the page, and name → content of the pictures that it shows from a folder beside it."""
    lines = [f"# {TITLE}", "", _escaped(_lead(result)), "", f"**{summary(result)}**"]
    for section, checks in _sections(result):
        lines += ["", f"## {section}", "", "| check | expected | found | result |", "|---|---|---|---|"]
        lines += [_markdown_row(check) for check in checks]
        for picture in _pictures_of(section, result.pictures):
            image = f"![{_escaped(picture.title)}](<{folder}/{picture.name}.png>)"
            lines += ["", f"### {_escaped(picture.title)}", "", image, "", _escaped(picture.caption)]
    lines += ["", *(_escaped(text) + "\n" for text in _remarks(result))]
    return "\n".join(lines).rstrip() + "\n", {f"{own.name}.png": own.png for own in result.pictures}


def _asset(name: str) -> str:
    return files("recli.render").joinpath("report_assets", name).read_text(encoding="utf-8")


def _sections(result: ReproduceResult) -> list[tuple[str, list[CheckResult]]]:
    return [(name, list(own)) for name, own in groupby(result.checks, key=lambda check: check.section)]


def _pictures_of(section: str, pictures: Sequence[Picture]) -> list[Picture]:
    by_name = {picture.name: picture for picture in pictures}
    return [by_name[name] for name in _PICTURES_OF.get(section, ()) if name in by_name]


def _lead(result: ReproduceResult) -> str:
    return (
        f"Each value of the Keras notebook that recli starts from, computed anew from {visible(result.dataset)} "
        f"({visible(result.source)}) in {result.seconds:.0f} s, beside the value it shows."
    )


def _remarks(result: ReproduceResult) -> list[str]:
    return [
        ranges_remark(result),
        "The errors of the networks are those of their bare output, as the notebook computes them: not clipped to the "
        "scale, and for a film that training never saw whatever its untrained vector gives.",
        *(f"Published: {', '.join(result.refs)}." for _ in result.refs[:1]),
    ]


def _tiles(result: ReproduceResult) -> list[str]:
    counts = [
        ("pass", f"{result.count('pass')} of {len(result.checks)}", "values hold"),
        ("fail", str(result.count("fail")), "do not hold"),
        ("noted", str(result.count("noted")), "differ, and why is known"),
        ("skipped", str(result.count("skipped")), "skipped"),
    ]
    tiles = [tile for tile in counts if tile[1] != "0"]
    tiles += [("", str(result.seed), "seed of the fits"), ("", f"{result.seconds:.0f} s", "for everything")]
    return [f'    <li class="{kind}"><b>{number}</b><span>{text}</span></li>' for kind, number, text in tiles]


def _link(section: str, checks: Sequence[CheckResult]) -> str:
    held = sum(check.status == "pass" for check in checks)
    return f'  <a href="#{section.lower()}">{section} <b>{held}/{len(checks)}</b></a>'


def _section(section: str, checks: Sequence[CheckResult], pictures: Sequence[Picture]) -> str:
    held = sum(check.status == "pass" for check in checks)
    figures = "\n".join(map(_figure, _pictures_of(section, pictures)))
    rows = "\n".join(map(_html_row, checks))
    return (
        f'<section id="{section.lower()}">\n<h2>{section}<small>{held} of {len(checks)} hold</small></h2>\n'
        f'<div class="card"><table>\n<thead><tr>{_HEAD}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>\n"
        + (f'<div class="pictures">\n{figures}\n</div>\n' if figures else "")
        + "</section>"
    )


def _html_row(check: CheckResult) -> str:
    name, expected, found = (html.escape(visible(t)) for t in (check.name, check.expected_text, check.found_text))
    source = "" if check.source == "exact" else f"<small>{html.escape(check.source)}</small>"
    note = f"<small>{html.escape(visible(check.note))}</small>" if check.note else ""
    mark = f'<span class="mark {check.status}">{WORDS[check.status]}</span>'
    cells = f"<td>{name}{note}</td><td>{expected}{source}</td><td>{found}</td><td>{mark}</td>"
    return f'<tr class="{check.status}">{cells}</tr>'


def _figure(picture: Picture) -> str:
    title, caption = html.escape(visible(picture.title)), html.escape(visible(picture.caption))
    data = base64.b64encode(picture.png).decode()
    wide = ' class="wide"' if picture.name in _WIDE else ""
    return (
        f'<figure{wide}><div><img alt="{title}" src="data:image/png;base64,{data}"></div>'
        f"<figcaption><b>{title}</b>{caption}</figcaption></figure>"
    )


def _markdown_row(check: CheckResult) -> str:
    name = _escaped(check.name) + (f" ({_escaped(check.note)})" if check.note else "")
    source = "" if check.source == "exact" else f" ({_escaped(check.source)})"
    cells = (name, _escaped(check.expected_text) + source, _escaped(check.found_text), WORDS[check.status])
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is: a title holds no link, no HTML and no end of a table's cell."""
    return _MARKDOWN.sub(r"\\\1", visible(text))
