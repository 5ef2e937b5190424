"""Whether judged versions are good enough."""

from collections.abc import Mapping, Sequence

from recli.core import gate as names
from recli.core.errors import GateFailedError, UsageError
from recli.core.gate import Gate
from recli.core.results.evaluate import Report


def require_checkable(gates: Sequence[Gate], *, ranking: bool) -> None:
    """Raise ``UsageError`` where a gate needs a ranking and none is made, before anything slow begins."""
    needy = [str(gate) for gate in gates if gate.metric in (*names.RANKING, *names.LISTS)]
    if needy and not ranking:
        raise UsageError(f"--fail-if {needy[0]} needs the ranking that --no-ranking leaves out", fix="recli evaluate")


def check_gates(gates: Sequence[Gate], reports: Sequence[Report]) -> None:
    """Hold every gate against every report.

    Raises:
        UsageError: a model has no such metric: a gate that cannot be checked has not been passed.
        GateFailedError: the condition of a gate holds; the message tells which and for whom.
    """
    failed: list[str] = []
    refs: list[str] = []
    for report in reports:
        values = metric_values(report)
        for gate in gates:
            value = values[gate.metric]
            if value is None:
                raise UsageError(
                    f"--fail-if {gate} cannot be checked: {report.ref} has no {gate.metric}",
                    fix=f"recli evaluate {report.ref} --json",
                )
            if gate.holds(value):
                shown = value if isinstance(value, str) else f"{value:.6g}"
                failed.append(f"{report.ref} has {gate.metric} {shown} ({gate})")
                refs.append(report.ref)
    if failed:
        fix = f"recli evaluate {' '.join(dict.fromkeys(refs))} --slices"
        raise GateFailedError("gate failed: " + "; ".join(failed), fix=fix)


def metric_values(report: Report) -> Mapping[str, float | str | None]:
    """Return the value of each of ``gate.METRICS``, ``None`` for what the model or the run has not."""
    spread, ranking, verdicts = report.distribution, report.ranking, report.verdicts.differences
    accuracy = ranking and ranking.accuracy
    return {
        **{name: getattr(report.metrics["test"], name) for name in names.ERRORS},
        "log_loss": spread and spread.log_loss,
        "coverage": spread and spread.observed,
        "expected_coverage": spread and spread.expected,
        "width": spread and spread.width,
        **{name: accuracy and getattr(accuracy, name) for name in names.RANKING},
        **{name: ranking and getattr(ranking.lists, name) for name in names.LISTS},
        "mae_difference": verdicts["mae"].value,
        "rmse_difference": verdicts["rmse"].value,
        names.VERDICT: verdicts["mae"].verdict,
    }
