"""Whatever a file holds: no traceback, no line lost, and blocks read at once say what a line-by-line reading says."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.core.errors import InputDataError, NotFoundError
from recli.data.build import assemble
from recli.data.files import dataset_files, items_from_csv, users_from_csv
from recli.data.formats.scales import detect_scale
from recli.data.formats.text import rating_files as reading
from recli.data.formats.text import streams
from recli.data.formats.text.described import read_items, read_users
from recli.data.formats.text.rating_files import RatingFile, Wanted, read_ratings
from recli.data.formats.text.rows import BARS, COLONS, CSV, SEMICOLONS, SPACES, TSV
from tests.torture import FORMATS, Tally, sized

from .generated import Line, any_bytes, rating_files

SYNTAXES = {"CSV": (CSV, ".csv"), "TSV": (TSV, ".tsv"), "semicolons": (SEMICOLONS, ".csv"), "::": (COLONS, ".dat"),
            "|": (BARS, ".txt"), "spaces": (SPACES, ".txt")}  # fmt: skip
GUESS = Wanted({}, None, "utf-8", "recli import --columns")
FULL_EXAMPLES = 2_500  # each of two tests
QUICK_EXAMPLES = 40


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


def read(path: Path, content: bytes, *, block: int = 1 << 20, plain: bool = True) -> RatingFile:
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK_BYTES", block)
        patch.setattr(reading, "_SMALL_BYTES", block // 8)
        if not plain:
            patch.setattr(reading, "plain_block", lambda *_: None)
        return read_ratings(path, GUESS, lambda _: None)


def told_apart(reasons: Mapping[str, int]) -> dict[str, int]:
    """Count two reasons as one: two stray quotation marks may make an id of all that is between them."""
    merged = Counter({"quotes": 0} | dict(reasons))
    merged["quotes"] += merged.pop("id", 0)
    return dict(merged)


def told(file: RatingFile) -> tuple[object, ...]:
    """Return all of a file, to compare."""
    rows = file.ratings
    columns = (rows.user_ids, rows.item_ids, rows.values, rows.timestamps)
    return (file.count, *(column.dtype.kind for column in columns), *(column.tolist() for column in columns))


@pytest.mark.torture
@pytest.mark.parametrize("name", SYNTAXES)
def test_each_line_becomes_what_it_must(name: str, folder: Path, tally: Tally) -> None:
    syntax, suffix = SYNTAXES[name]

    @settings(max_examples=sized(QUICK_EXAMPLES, FULL_EXAMPLES))
    @given(rating_files(syntax), st.sampled_from([64, 500]))
    def check(file: tuple[bytes, list[Line]], block: int) -> None:
        content, lines = file
        found = read(folder / f"ratings{suffix}", content)
        good = [line.rating for line in lines if line.rating]
        count = found.count
        assert (count.lines, count.accepted) == (sum(bool(n.rating or n.reason) for n in lines), len(good))
        assert count.accepted + count.rejected == count.lines
        assert told_apart(count.rejected_by) == told_apart(Counter(line.reason for line in lines if line.reason))
        assert count.blank_lines == sum(not n.content.strip() for n in lines)
        rows = found.ratings
        ids = ([str(i) for i in rows.user_ids.tolist()], [str(i) for i in rows.item_ids.tolist()])
        assert list(zip(*ids, rows.values.tolist(), rows.timestamps.tolist(), strict=True)) == good
        assert told(read(folder / f"ratings{suffix}", content, block=block)) == told(found)
        assert told(read(folder / f"ratings{suffix}", content, plain=False)) == told(found)
        tally(FORMATS + name)

    check()


@pytest.mark.torture
@pytest.mark.parametrize("name", SYNTAXES)
def test_any_bytes_are_accounted_for(name: str, folder: Path, tally: Tally) -> None:
    syntax, suffix = SYNTAXES[name]

    @settings(max_examples=sized(QUICK_EXAMPLES, FULL_EXAMPLES))
    @given(any_bytes(syntax), st.booleans())
    def check(noise: bytes, header: bool) -> None:
        content = (syntax.separator.join(["user", "item", "rating"]).encode() + b"\n" if header else b"") + noise
        outcomes = []
        for plain in (True, False):
            try:
                outcomes.append(told(read(folder / f"noise{suffix}", content, block=50, plain=plain)))
            except (InputDataError, NotFoundError) as error:
                outcomes.append((error.message,))
        assert outcomes[0] == outcomes[1]
        if len(outcomes[0]) > 1:
            in_order(read(folder / f"noise{suffix}", content), content)
        tally(FORMATS + name)

    check()


def in_order(file: RatingFile, content: bytes) -> None:
    """Check a file's account by counting its lines anew, and that it can be kept as a dataset."""
    count = file.count
    assert count.accepted + count.rejected == count.lines
    assert count.accepted == len(file.ratings.values)
    there = sum(bool(line.strip(b" \r")) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")) - count.header
    odd = any(line.count(b'"') % 2 for line in content.split(b"\n"))  # a quoted cell may hold line ends
    assert count.lines <= there if odd else count.lines == there
    if count.accepted:
        scale = detect_scale(file.ratings.values)
        dataset = assemble("noise", file.ratings, [], [], scale=scale, source={}, latest_only=True)
        files = dataset_files(dataset)
        assert items_from_csv(files["items.csv"]).vocabulary == dataset.items.vocabulary
        assert users_from_csv(files["users.csv"]).vocabulary == dataset.users.vocabulary
        assert np.isfinite(dataset.ratings.values).all()


FLAGS = "|" + "|".join("0" * 19)
ITEM_LINES = {
    "movies.csv": [
        "1,Toy (1995),Comedy|Drama", '2,"Star Wars: Episode IV, A (1977)",', '"3","say ""hi"""," X ; Y"', "4,,x",
        "1,Again,", "5,a|b,(no genres listed)", "6,two", '7,"open,x', ",x,y", "é,é,é",
    ],
    "movies.dat": [
        "1::Star Wars: Episode IV (1977)::Action|Sci-Fi", "2::A::B::Drama", "3:::Colon::Drama", "4::x",
        "x::Title:::Genre", "::No id::Drama", "5::::Drama", "1::Again::Drama", "é::é (1995)::X",
    ],
    "u.item": [
        "1|T (1995)|01-Jan-1995||http://example.org/1" + FLAGS, "2|a|b|01-Jan-1995||" + FLAGS, "5|T||" + FLAGS,
        "3|T|1995-01-01||" + FLAGS, "4|T|||" + FLAGS.replace("0", "2"), "1|T|||" + FLAGS, "6|T|||x" + FLAGS,
        "7|é|||" + FLAGS, "||",
    ],
    "u.user": ["1|24|M|a|85711", "2|x|y|z|", "1|again|M|x|y", "|no|id|x|y", "3|too|few", "4|a|b|c|d|e", "é|a|b|c|d"],
    "users.csv": ['"1",24,M', "2,,", "3,too,many,cells", "1,2,3", '4,"two\nlines",x', '5,"open,x'],
}  # fmt: skip
HEADERS = {"movies.csv": "movieId,title,genres\n", "users.csv": "user_id,age,gender\n"}


@pytest.mark.torture
@pytest.mark.parametrize("name", ITEM_LINES)
def test_no_description_is_lost(name: str, folder: Path, tally: Tally) -> None:
    lines = st.one_of(st.sampled_from(ITEM_LINES[name]), st.sampled_from(ITEM_LINES[name]), st.text(max_size=12))

    @settings(max_examples=sized(QUICK_EXAMPLES, 2 * FULL_EXAMPLES))
    @given(st.lists(lines, max_size=10), st.sampled_from(["utf-8", "latin-1"]))
    def check(drawn: list[str], encoding: str) -> None:
        path = folder / name
        text = "\n".join([HEADERS.get(name, "") + ITEM_LINES[name][0], *drawn])
        path.write_bytes(text.encode(encoding, "replace"))
        described = (read_users if "user" in name else read_items)(path, None)
        count = described.count
        assert count.accepted + count.rejected == count.lines
        assert count.accepted == len(described.rows) >= 1
        there = sum(bool(line.strip(" \r")) for line in text.split("\n")) - count.header
        assert count.lines == there if '"' not in "".join(drawn) else count.lines <= there
        tally(FORMATS + name)

    check()
