import pytest

from recli.core.errors import UsageError
from recli.core.gate import METRICS, Gate


@pytest.mark.parametrize(
    ("text", "value", "fails"),
    [
        ("mae>0.75", 0.76, True),
        ("mae>0.75", 0.75, False),
        ("mae>=0.75", 0.75, True),
        (" ndcg < .5 ", 0.4, True),
        ("ndcg<0.5", 0.5, False),
        ("coverage<=8e-1", 0.8, True),
        ("mae_difference>-0.01", -0.02, False),
        ("verdict==worse", "worse", True),
        ("verdict==worse", "undecided", False),
        ("verdict!=better", "undecided", True),
        ("verdict!=better", "better", False),
    ],
)
def test_a_gate_fails_where_its_condition_holds(text: str, value: float | str, fails: bool) -> None:
    assert Gate.parse(text).holds(value) is fails


@pytest.mark.parametrize(
    "text",
    [
        "", "mae", "mae>", ">0.7", "mae=0.7", "mae=>0.7", "mae>0.7>0.6", "mae>much", "mae>nan", "mae>inf", "mae==0.7",
        "verdict>worse", "verdict==bad", "mae>__import__('os')", "mae > 0.7 or 1",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Gate.parse(text)


def test_an_unknown_metric_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no metric 'mea'.*mae, mse, rmse") as refusal:
        Gate.parse("mea>0.7")
    assert all(name in refusal.value.message for name in METRICS)


def test_a_gate_reads_as_it_was_typed() -> None:
    assert str(Gate.parse("mae >= 0.750")) == "mae>=0.75"
