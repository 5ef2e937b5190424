"""What the command line says of runs that can go on."""

import pytest

from recli.cli.exits import exits, resumable
from tests.cli.conftest import Recli


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)])
@pytest.mark.parametrize("kept", [True, False])
def test_who_interrupts_a_run_is_told_how_it_goes_on_if_it_does(
    error: BaseException,
    code: int,
    kept: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["recli", "train", "dot", "--resume", "--dataset", "my data"])
    with pytest.raises(SystemExit) as end, exits(), resumable() as on_kept:
        if kept:
            on_kept(3)
        raise type(error)(*error.args)
    assert end.value.code == code
    assert ("  fix: recli train dot --dataset 'my data' --resume\n" in capsys.readouterr().err) == kept


def test_several_folds_have_nothing_to_resume(recli: Recli) -> None:
    ran = recli("train", "dot", "--split", "kfold:5", "--resume")
    assert (ran.code, ran.out) == (2, "")
    assert "fix: recli train dot --split kfold:5/1 --resume" in ran.err
