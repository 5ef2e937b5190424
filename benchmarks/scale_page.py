"""The cost curve as the table and the picture of ``docs/scale.md``."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.processes import ROOT
from recli.operations.environment import environment
from recli.render.plots.style import BLUE, FAINT, INK, MUTED, ORANGE, PALE_BLUE, house_style, new_figure, to_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS = ROOT / "benchmarks" / "results" / "scale.json"
PAGE = ROOT / "docs" / "scale.md"
PICTURE = ROOT / "docs" / "pictures" / "scale.svg"
_BETWEEN = re.compile(r"(<!-- table: make bench-scale -->\n).*?(<!-- end of table -->)", re.DOTALL)
_LOOKS = ((BLUE, "-"), (ORANGE, "-"), (INK, "-"), (PALE_BLUE, "-"), (MUTED, "-"))
_LOOKS += tuple((color, "--") for color, _ in _LOOKS)


@dataclass(frozen=True)
class Cost:
    """What a command took on data of a size."""

    size: str
    rows: int
    """Ratings."""
    step: str
    runs: int
    wall: float
    """Seconds, median of the runs, as all that follows."""
    processor: float
    """Seconds, of all threads."""
    peak: int
    """Bytes of memory."""
    rate: float | None = None
    """Training rows a second in the median epoch, for a model that is trained in epochs and says so."""


def about_here() -> dict[str, Any]:
    """Return what the numbers were measured on, and when."""
    return {"date": datetime.now(UTC).date().isoformat(), "environment": environment()}


def write_results(costs: Sequence[Cost], about: dict[str, Any]) -> None:
    """Keep a whole run."""
    record = {**about, "costs": [asdict(cost) for cost in costs]}
    RESULTS.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def read_results() -> tuple[list[Cost], dict[str, Any]]:
    """Return what ``write_results`` kept."""
    record = json.loads(RESULTS.read_text(encoding="utf-8"))
    return [Cost(**cost) for cost in record.pop("costs")], record


def write_page() -> None:
    """Put the kept run's table into the page, and its picture beside the others."""
    costs, about = read_results()
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table(costs, about)), encoding="utf-8")
    PICTURE.write_bytes(picture(costs))


def with_table(page: str, text: str) -> str:
    """Return the page with another table between its marks."""
    return _BETWEEN.sub(lambda marks: f"{marks[1]}\n{text}\n\n{marks[2]}", page)


def table(costs: Sequence[Cost], about: dict[str, Any]) -> str:
    """Write one line a command, one column a size, and how the last step up in size compares with its rows."""
    sizes = list(dict.fromkeys(cost.size for cost in costs))
    rows = {cost.size: cost.rows for cost in costs}
    found = {(cost.step, cost.size): cost for cost in costs}
    lines = ["| command | " + " | ".join(f"{rows[size]:,} ratings" for size in sizes) + " | growth |"]
    lines += ["|---|" + "--:|" * (len(sizes) + 1)]
    for step in dict.fromkeys(cost.step for cost in costs):
        cells = [found[step, size] for size in sizes]
        told = [f"{_seconds(cell.wall)}, {_memory(cell.peak)}" for cell in cells]
        lines.append(f"| `{step}` | " + " | ".join(told) + f" | {_growth(cells)} |")
    rates = [found["train dot", size].rate for size in sizes]
    lines.append("| an epoch of `dot`, ratings/s | " + " | ".join(f"{rate or 0:,.0f}" for rate in rates) + " | |")
    machine = about["environment"]
    told = f"{about['date']}, {machine['cpus']} cores, {machine['platform']}, Python {machine['python']}, recli"
    return "\n".join([*lines, "", f"{told} {machine['recli']}, TensorFlow {machine['tensorflow']}."])


def _growth(cells: Sequence[Cost]) -> str:
    """Return the exponent of the last step up: 1 where time grows as the ratings do, 2 where it grows as their square.

    Of processor time, which other programs disturb less than wall time.
    """
    if len(cells) < 2:
        return ""
    before, last = cells[-2:]
    return f"{math.log(last.processor / before.processor) / math.log(last.rows / before.rows):.2f}"


def picture(costs: Sequence[Cost]) -> bytes:
    """Draw wall time over ratings as an SVG."""
    with house_style():
        return to_bytes(drawn(costs), "svg")


def drawn(costs: Sequence[Cost]) -> "Figure":
    """Draw a line a command, on logarithmic axes."""
    from matplotlib.ticker import FuncFormatter

    growth = max(cost.rows for cost in costs) / min(cost.rows for cost in costs)
    title = f"What {growth:,.0f} times the ratings cost"
    figure = new_figure(title, "Whole commands, wall time", width=8, height=5)
    axes = figure.subplots()
    for step, (color, line) in zip(dict.fromkeys(cost.step for cost in costs), _LOOKS, strict=False):
        own = [cost for cost in costs if cost.step == step]
        axes.plot([c.rows for c in own], [c.wall for c in own], line, color=color, marker="o", label=step)
    axes.set(xscale="log", yscale="log", xlabel="Ratings", ylabel="Seconds")
    ticks = sorted({cost.rows for cost in costs})
    axes.set_xticks(ticks, [f"{rows:,}" for rows in ticks])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g}"))
    axes.grid(True, color=FAINT)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _seconds(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds >= 0.95 else f"{seconds:.2f} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def _memory(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
