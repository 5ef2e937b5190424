"""Files made to harm are refused by the commands that meet them: nothing of them runs, and nothing fills the memory."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from recli.store import Store
from tests.e2e.forked import Ended, run_forked
from tests.e2e.malice import Case
from tests.e2e.malice.arrays import array_cases
from tests.e2e.malice.forging import Copies
from tests.e2e.malice.imports import import_cases
from tests.e2e.malice.manifests import manifest_cases
from tests.e2e.malice.zips import zip_cases
from tests.torture import FULL, Tally, sized

MOST = 512 << 20
"""Bytes of memory, of which Python with NumPy takes about 70 MiB before it has read anything."""


def state(folder: Path) -> dict[str, tuple[int, int, bytes | str | None]]:
    """Return of every path below a folder its mode, size and content; pipes and sparse giants are not read."""
    found: dict[str, tuple[int, int, bytes | str | None]] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        small = path.is_file() and not path.is_symlink() and status.st_size < (1 << 20)
        content = str(path.readlink()) if path.is_symlink() else path.read_bytes() if small else None
        found[str(path)] = (status.st_mode, status.st_size, content)
    return found


def faults(case: Case, ended: Ended) -> Iterator[str]:
    """Yield what is wrong with how a command ended."""
    if ended.code != case.code:
        yield f"exit code {ended.code}"
    if ended.peak >= MOST:
        yield f"{ended.peak >> 20} MiB"
    first, *others = ended.err.splitlines() or [""]
    if not (first.startswith("recli: error: ") and re.search(case.words, first)):
        yield "the error says something else"
    if ended.out or not all(line.startswith(("  fix: ", "  did you mean: ")) for line in others):
        yield "more than an error and its fix"
    if len(ended.err) > 1_000:
        yield f"{len(ended.err)} characters"


@pytest.mark.torture
def test_files_made_to_harm_are_refused_by_every_command_that_meets_them(
    tiny: Store, tmp_path: Path, tally: Tally
) -> None:
    for name in ("outside", "zips", "stores", "imports"):
        (tmp_path / name).mkdir()
    outside = tmp_path / "outside"
    (outside / "secret").write_text("secret")
    copies = Copies(tiny.root, tmp_path / "stores")
    cases = [
        *zip_cases(tmp_path / "zips", outside),
        *import_cases(tmp_path / "imports"),
        *array_cases(copies, outside),
        *manifest_cases(copies, outside),
    ][:: sized(4, 1)]
    before = state(tmp_path)
    ended = run_forked([[*case.argv, *_store(case, tmp_path)] for case in cases])
    wrong = [
        f"{case.name}: {what}: {end.err[:300]}"
        for case, end in zip(cases, ended, strict=True)
        for what in faults(case, end)
    ]
    assert not wrong, "\n".join(wrong)
    stores = (
        [case.argv[-1] for case in cases if "--artifacts" in case.argv and "FORMAT" not in case.name] if FULL else []
    )
    for listed in run_forked([["models", "list", "--artifacts", store] for store in stores]):
        assert listed.code == 0, listed.err
        assert re.search(r"^bias:1\t", listed.out, re.MULTILINE)  # a damaged version hides no other
    assert state(tmp_path) == before
    tally("malicious", len(cases))


def _store(case: Case, folder: Path) -> list[str]:
    return [] if "--artifacts" in case.argv else ["--artifacts", str(folder / "none")]
