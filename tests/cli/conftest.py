from collections.abc import Callable
from dataclasses import dataclass

import pytest

from recli.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Recli = Callable[..., Ran]


@pytest.fixture
def recli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Recli:
    """Run a command in this process: stdout and stderr are no terminals here."""

    def run(*argv: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["recli", *argv])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        code = end.value.code
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run
