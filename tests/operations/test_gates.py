import pytest

from recli.core.errors import GateFailedError, UsageError
from recli.core.gate import METRICS, Gate
from recli.operations.gates import check_gates, metric_values, require_checkable
from tests.render.samples import report


def gates(*texts: str) -> list[Gate]:
    return [Gate.parse(text) for text in texts]


def test_every_metric_of_a_gate_has_a_value() -> None:
    values = metric_values(report())
    assert values.keys() == set(METRICS)
    assert (values["mae"], values["ndcg"], values["coverage"], values["gini"]) == (0.72276521, 0.3561, 0.875, 0.9)
    assert (values["verdict"], values["rmse_difference"]) == ("better", -0.003995)


def test_what_meets_every_gate_passes() -> None:
    check_gates(gates("mae>0.75", "ndcg<0.3", "verdict!=better"), [report(), report()])


def test_what_fails_is_told_with_its_value_and_its_gate() -> None:
    with pytest.raises(GateFailedError) as refusal:
        check_gates(gates("mae>0.7", "rmse>9", "ndcg<0.5"), [report(), report(ref="dot:4", ranking=report().ranking)])
    assert refusal.value.message == (
        "gate failed: dot:3 has mae 0.722765 (mae>0.7); dot:3 has ndcg 0.3561 (ndcg<0.5);"
        " dot:4 has mae 0.722765 (mae>0.7); dot:4 has ndcg 0.3561 (ndcg<0.5)"
    )
    assert refusal.value.fix == "recli evaluate dot:3 dot:4 --slices"


@pytest.mark.parametrize("gate", ["median_mae>9", "log_loss>9", "coverage>9"])
def test_a_gate_that_a_model_has_no_metric_for_is_never_passed(gate: str) -> None:
    with pytest.raises(UsageError, match="dot:3 has no"):
        check_gates(gates(gate), [report(distribution=None)])


def test_a_gate_on_a_ranking_that_is_not_made_is_refused_at_once() -> None:
    require_checkable(gates("mae>1", "ndcg<1"), ranking=True)
    require_checkable(gates("mae>1"), ranking=False)
    with pytest.raises(UsageError, match="ndcg<1 needs the ranking"):
        require_checkable(gates("mae>1", "ndcg<1"), ranking=False)
