"""Wherever recli runs: its exit code is the one promised, it says why in a sentence, and the store is as before."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from recli.operations.train import configure, train
from recli.operations.upkeep import tag
from recli.store import Store
from tests.e2e.forked import TERMINAL, UNREAD, Command, Ended, run_forked
from tests.torture import FULL, Tally, sized


def some(whole: Sequence[list[str]]) -> Sequence[list[str]]:
    """Return every third in ``make test``."""
    return whole[:: sized(3, 1)]


READING = some(
    [
        ["stats", "tiny"],
        ["models", "gc", "--keep-last", "1", "--dry-run"],
        ["recommend", "--user", "7", "--model", "dot"],
        ["similar", "--id", "1"],
        ["predict", "--user", "7", "--item", "1", "--model", "bias"],
        ["evaluate"],
        ["models", "list"],
        ["models", "show", "dot"],
        ["models", "path", "dot"],
        ["models", "verify"],
        ["fetch", "tiny"],
    ]
)
TRAIN = ["train", "bias", "--dataset", "tiny"]
WRITING = [
    TRAIN,
    ["fetch", "tiny", "--force"],
    ["models", "tag", "dot", "best"],
    ["models", "untag", "dot@kept"],
    ["models", "rm", "bias:1", "-y"],
    ["models", "gc", "--keep-last", "1"],
]
SHAPES = some([[], ["--json"], ["--csv"], ["-q"]])


@pytest.fixture
def copy(tiny_copy: Store) -> Store:
    """The small store, with two versions of ``bias`` and an alias."""
    train(tiny_copy, configure("bias", {}), dataset="tiny")
    tag(tiny_copy, "dot", "kept")
    return tiny_copy


def at(root: Path, argvs: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[*argv, "--artifacts", str(root)] for argv in argvs]


def state(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def check(commands: Sequence[Command | Sequence[str]], ended: Sequence[Ended], code: int, words: str = "") -> int:
    """Hold commands to their exit code, and errors to one sentence and its fix; return how many commands there were."""
    for command, end in zip(commands, ended, strict=True):
        said = (command, end.code, end.err[-600:])
        assert end.code == code, said
        assert "Traceback" not in end.err, said
        assert words in end.err, said
        if code not in (0, 141):
            assert end.err.count("recli: error: ") == 1, said
    return len(commands)


def mounted(how: str, **environment: str) -> list[str]:
    """Return a command that mounts something, for what it runs alone."""
    within = ["unshare", "--mount", "--map-root-user", "sh", "-c", f'{how} && "$@"', "sh"]
    try:
        subprocess.run([*within, "true"], env=os.environ | environment, capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here: that takes Linux and root, or a user's own namespaces")
    return within


@pytest.mark.torture
def test_a_read_only_store_is_read_and_not_written(copy: Store, tally: Tally) -> None:
    place = {"DIR": str(copy.root)}
    within = mounted('mount --bind "$DIR" "$DIR" && mount -o remount,bind,ro "$DIR"', **place)
    before = state(copy.root)
    reading, writing = at(copy.root, READING), at(copy.root, [*WRITING, ["project", "dot", "--method", "pca"]])
    ended = run_forked([*reading, *writing], within=within, **place)
    cases = check(reading, ended[: len(reading)], 0)
    cases += check(writing, ended[len(reading) :], 8, "read-only")
    assert state(copy.root) == before
    tally("surroundings", cases)


FULL_DISK = """
mount -t tmpfs none "$DIR" && cp -r "$STORE" "$DIR/store" || exit
mount -o remount,size="$(du -sk "$DIR" | cut -f1)k" "$DIR" || exit
cat /dev/zero >"$DIR/ballast" 2>/dev/null
trap 'rm "$DIR/ballast"; cp -r "$DIR/store" "$SEEN"' EXIT
true"""


@pytest.mark.torture
def test_a_full_disk_is_eight_and_the_store_as_before(copy: Store, tmp_path: Path, tally: Tally) -> None:
    (disk := tmp_path / "disk").mkdir()
    places = {"DIR": str(disk), "STORE": str(copy.root)}
    within = mounted(FULL_DISK, SEEN=str(tmp_path / "trial"), **places)
    root, seen = disk / "store", tmp_path / "seen"
    outside = [
        ["models", "export", "dot", "--out", str(disk / "x.npz")],
        ["export", "tiny", "--out", str(disk / "tables")],
        ["stats", "tiny", "--plot", str(disk / "x.svg")],
    ]
    writing, reading = at(root, [*WRITING[:3], *outside]), at(root, READING)
    ended = run_forked([*writing, *reading], within=within, SEEN=str(seen), **places)
    cases = check(writing, ended[: len(writing)], 8)
    cases += check(reading, ended[len(writing) :], 0)
    assert state(seen) == state(copy.root)
    tally("surroundings", cases)


@pytest.mark.torture
def test_files_that_may_not_grow_are_eight_and_the_store_as_before(copy: Store, tmp_path: Path, tally: Tally) -> None:
    before = state(copy.root)
    named = [
        ["stats", "tiny", "--plot", str(tmp_path / "x.svg")],
        ["models", "export", "dot", "--out", str(tmp_path / "x.npz")],
        ["export", "tiny", "--out", str(tmp_path / "xs")],
    ]
    commands = [Command(argv, limits={"FSIZE": 100}) for argv in at(copy.root, [*WRITING[:2], *named])]
    cases = check(commands, run_forked(commands), 8)
    assert state(copy.root) == before
    assert list(tmp_path.glob("x*")) == []
    tally("surroundings", cases)


@pytest.mark.torture
def test_a_place_that_will_not_do_is_eight(copy: Store, tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    argvs = []
    for place in ("x" * 300, "loop/x", "file/x", "none/x"):
        argvs += at(copy.root, [["stats", "tiny", "--plot", f"{place}.svg"]])
        argvs += at(copy.root, [["models", "export", "dot", "--out", f"{place}.npz"]])
        argvs += at(copy.root, [["export", "tiny", "--out", place], ["export", "tiny", "--out", f"{place}.csv"]])
        argvs += at(copy.root, [["project", "dot", "--method", "pca", "--out", f"{place}.csv"]])
    commands = [Command(argv, cwd=str(tmp_path)) for argv in argvs]
    tally("surroundings", check(commands, run_forked(commands), 8))


@pytest.mark.torture
@pytest.mark.parametrize("root", ["/proc/recli", "/dev/null/recli"])
def test_a_store_that_cannot_be_made_is_eight(root: str, tally: Tally) -> None:
    commands = at(Path(root), [["fetch", "tiny"]])
    tally("surroundings", check(commands, run_forked(commands), 8, root.rpartition("/")[0]))


@pytest.mark.torture
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a Linux device")
def test_an_answer_that_nothing_takes_is_eight_and_one_that_nobody_reads_141(copy: Store, tally: Tally) -> None:
    before = state(copy.root)
    asked = [[*argv, *shape] for argv in at(copy.root, READING) for shape in SHAPES]
    answered = [argv for argv, ended in zip(asked, run_forked(asked), strict=True) if ended.out]
    assert len(answered) > len(READING)
    full = [Command(argv, stdout="/dev/full") for argv in answered]
    unread = [Command(argv, stdout=UNREAD) for argv in answered]
    cases = check(full, run_forked(full), 8, "No space left")
    cases += check(unread, ended := run_forked(unread), 141)
    assert {
        line for end in ended for line in end.err.splitlines() if "error" in line or "pipe" in line.lower()
    } == set()
    assert state(copy.root) == before
    tally("surroundings", cases)


@pytest.mark.torture
@pytest.mark.parametrize(
    "setting",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "nowhere.UTF-16"},
    ],
    ids=lambda setting: "=".join(next(iter(setting.items()))),
)
def test_a_locale_without_letters_changes_no_answer(
    copy: Store, tmp_path: Path, setting: dict[str, str], tally: Tally
) -> None:
    root = shutil.copytree(copy.root, tmp_path / "Ærø 七" / "store")
    (root / "models" / "dot" / "aliases").mkdir(exist_ok=True)
    commands = at(root, [*READING, *WRITING[:3], ["stats", "tiny", "--plot", str(tmp_path / "Ærø.html")]])
    commands += at(
        root, [["similar", "--id", "39", "--min-ratings", "0"], ["stats", "tiny", "--popularity", "-n", "40"]]
    )
    ended = run_forked(commands, **setting)
    cases = check(commands, ended, 0)
    assert all(end.out.isascii() for end in ended) or "UTF-16" in setting.get("LC_ALL", "")
    assert (tmp_path / "Ærø.html").stat().st_size
    tally("surroundings", cases)


@pytest.mark.torture
@pytest.mark.parametrize("years", [-40, 75])
def test_a_clock_that_is_years_off_loses_nothing(copy: Store, years: int, tally: Tally) -> None:
    wrong = years * 365.25 * 86_400
    commands = [Command(argv, clock=wrong) for argv in at(copy.root, [*READING, *WRITING[:3]])]
    cases = check(commands, run_forked(commands), 0)
    right = at(copy.root, [WRITING[0], ["models", "path", "bias"], *READING, ["models", "gc", "--keep-last", "2"]])
    ended = run_forked(right)
    cases += check(right, ended, 0)
    assert ended[1].out.strip().endswith("/bias/0004")  # versions count; no clock decides which is the latest
    assert copy.versions("bias") == [3, 4]
    tally("surroundings", cases)


@pytest.mark.torture
@pytest.mark.parametrize("days", [-3650, 3650])
def test_drafts_that_are_dated_years_off_harm_nobody(copy: Store, days: int, tally: Tally) -> None:
    draft = copy.root / ".tmp-0123"
    draft.mkdir()
    (draft / "weights.npz").write_bytes(b"half")
    when = draft.stat().st_mtime + days * 86_400
    os.utime(draft, (when, when))
    commands = at(copy.root, [*READING, *WRITING])
    cases = check(commands, run_forked(commands), 0)
    assert draft.exists() is (days > 0)  # dated in the future, it may be a living process's whose clock is ahead
    tally("surroundings", cases)


@pytest.mark.torture
def test_no_home_no_folder_no_descriptors_to_spare(copy: Store, tmp_path: Path, tally: Tally) -> None:
    surroundings = {
        "no HOME": {"environment": {"HOME": None, "XDG_CONFIG_HOME": None, "XDG_CACHE_HOME": None}},
        "a HOME that is not there": {"environment": {"HOME": "/nowhere/at/all"}},
        "a HOME that cannot be written to": {"environment": {"HOME": "/proc", "MPLCONFIGDIR": None}},
        "a folder that is gone": {"cwd": str(tmp_path / "gone")},
        "a folder that cannot be written to": {"cwd": "/proc"},
        "umask 077": {"umask": 0o077},
        "16 open files": {"limits": {"NOFILE": 16}},
        "no USER, no PATH": {"environment": {"USER": None, "LOGNAME": None, "PATH": None}},
    }
    # Without a HOME, matplotlib reads all fonts anew each time.
    drawing = [["stats", "tiny", "--plot", str(tmp_path / "x.svg")]] if FULL else []
    argvs = at(copy.root, [*READING, TRAIN, *drawing])
    commands = [Command(argv, **surrounding) for surrounding in surroundings.values() for argv in argvs]
    tally("surroundings", check(commands, run_forked(commands), 0))


@pytest.mark.torture
def test_a_folder_that_cannot_be_written_to_has_no_store_and_gets_none(tally: Tally) -> None:
    expected = {8: ["fetch", "tiny"], 4: ["stats", "tiny"], 0: ["models", "list"]}
    commands = [Command(argv, cwd="/proc", environment={"RECLI_ARTIFACTS": None}) for argv in expected.values()]
    for code, command, ended in zip(expected, commands, run_forked(commands), strict=True):
        tally("surroundings", check([command], [ended], code))


SCREENS: list[dict[str, str | None]] = [
    {"TERM": None},
    {"TERM": "dumb"},
    {"TERM": "nonsense"},
    {"COLUMNS": "1", "TERM": "dumb"},
    {"COLUMNS": "1", "TERM": "xterm"},
    {"COLUMNS": "0"},
    {"COLUMNS": "-5"},
    {"COLUMNS": "9" * 30, "TERM": "dumb"},
    {"COLUMNS": "9" * 30, "TERM": "xterm"},
    {"COLUMNS": "wide", "LINES": "0"},
    {"LINES": "1", "COLUMNS": "20"},
]


@pytest.mark.torture
def test_a_screen_of_any_kind_gets_an_answer(copy: Store, tally: Tally) -> None:
    argvs = at(copy.root, [*some(READING), TRAIN])
    commands = [Command(argv, TERMINAL, screen) for screen in SCREENS for argv in argvs]
    said = [(command, end.out[-300:]) for command, end in zip(commands, run_forked(commands), strict=True) if end.code]
    assert not said
    tally("surroundings", len(commands))
