"""The notebook recomputed: each value beside the one that was expected."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from recli.core.results.reproduce import CheckResult, ReproduceResult
from recli.render.plots.style import shortened
from recli.render.tables import heading, plural, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

_LONG, _LONGEST = 12, 30
"""Characters of a value: of one that is not shown twice, and of one that is cut."""
WORDS = {"pass": "PASS", "fail": "FAIL", "noted": "NOTED", "skipped": "SKIP"}


def reproduce_view(result: ReproduceResult) -> View:
    """Show every check, section by section; quiet, those that fail and how many hold."""
    checks = result.checks
    return View(
        json={
            "dataset": result.dataset,
            "source": result.source,
            "seed": result.seed,
            "checks": [_json(check) for check in checks],
            "passed": result.count("pass"),
            "failed": result.count("fail"),
            "noted": result.count("noted"),
            "skipped": result.count("skipped"),
            "refs": list(result.refs),
            "seconds": round(result.seconds, 3),
        },
        header=("section", "check", "expected", "found", "result", "kind", "source"),
        rows=[(c.section, c.name, c.expected_text, c.found_text, WORDS[c.status], c.kind, c.source) for c in checks],
        quiet=[*map(failure_line, result.failures), f"{result.count('pass')}/{len(checks)}"],
        terminal=lambda: _terminal(result),
        subject=summary(result),
        notes=[*_notes(checks), ranges_remark(result)],
        next="recli train" if not result.failures else None,
    )


def summary(result: ReproduceResult) -> str:
    """Return the outcome in one line, ``106 of 107 hold, 1 skipped``."""
    counts = (result.count("fail"), "failed"), (result.count("noted"), "noted"), (result.count("skipped"), "skipped")
    others = [f"{n} {word}" for n, word in counts if n]
    return ", ".join([f"{result.count('pass')} of {len(result.checks)} hold", *others])


def failure_line(check: CheckResult) -> str:
    """Return a check that does not hold, in one line."""
    return (
        f"{WORDS[check.status]} {check.section}: {check.name}: expected {check.expected_text}, found {check.found_text}"
    )


def _json(check: CheckResult) -> dict[str, Any]:
    return {
        "section": check.section,
        "name": check.name,
        "expected": list(check.expected) if isinstance(check.expected, tuple) else check.expected,
        "found": check.found,
        "status": check.status,
        "kind": check.kind,
        "source": check.source,
        "note": check.note,
    }


def _notes(checks: Sequence[CheckResult]) -> list[str]:
    """Return each reason once, with what it is the reason for."""
    reasons: dict[str, list[str]] = {}
    for check in checks:
        if check.note:
            reasons.setdefault(f"{WORDS[check.status]}: {check.note}", []).append(check.name)
    return [f"{reason} ({', '.join(names)})" for reason, names in reasons.items()]


def _terminal(result: ReproduceResult) -> "RenderableType":
    from rich.text import Text

    detail = f"{result.dataset} · {result.source} · seed {result.seed} · {result.seconds:.0f} s"
    blocks: list[RenderableType] = [heading("The notebook, recomputed", detail)]
    for section, checks in groupby(result.checks, key=lambda check: check.section):
        rows = [(c.name, *_beside(c), WORDS[c.status]) for c in checks]
        blocks.append(table((section, "expected", "found", "result"), rows, left=(section,)))
    style = "bold red" if result.failures else "bold green"
    blocks.append(Text(summary(result), style=style))
    if result.refs:
        blocks.append(Text(f"published: {', '.join(result.refs)}", style="dim"))
    return stack(*blocks)


def _beside(check: CheckResult) -> tuple[str, str]:
    """Return expected and found; of long ones that are equal, which would be wider than a terminal, one is enough."""
    expected, found = check.expected_text, check.found_text
    if check.status == "pass" and expected == found and len(found) > _LONG:
        return shortened(expected, _LONGEST), "the same"
    return expected, found


def ranges_remark(result: ReproduceResult) -> str:
    """Return what a reader should know of the ranges."""
    ranges = sum(check.kind == "range" for check in result.checks)
    return (
        f"{plural(ranges, 'value')} of a training run are ranges around the notebook's own run, which a seed moves. "
        f"The neighbours of item 227 are those of some seeds only (of the seeds 0 to 5, three), "
        f"as they were of the notebook's; this run has seed {result.seed}."
    )
