"""Files of ratings as hypothesis makes them up: of each line it is known what must become of it."""

from dataclasses import dataclass

from hypothesis import strategies as st

from recli.data.formats.text.rows import Syntax
from recli.data.formats.text.streams import MAX_LINE_BYTES

Rating = tuple[str, str, float, int]

_IDS = [
    "1",
    "42",
    "007",
    "-5",
    "9007199254740993",
    "u1",
    "naïve",
    "x y",
    "=1+1",
    "[red]",
    "\x1b[2J",
    "日本",
    "a:b",
    "0",
]
_QUOTED_IDS = ["a,b", "a;b", 'say "hi"', '"', "a::b", "a|b"]
"""What only a quoted cell can hold."""
_STARS = [("5", 5.0), ("0.5", 0.5), ("4.50", 4.5), ("1e0", 1.0), (" 3 ", 3.0), ("+2", 2.0), (".5", 0.5)]
_TIMES = [
    ("978300760", 978300760), ("978300760.9", 978300760), ("0", 0), ("-5", -5), ("007", 7),
    ("", 0), (" ", 0), ("2001-01-01", 978307200), ("2001-01-01T00:00:00+01:00", 978303600),
]  # fmt: skip
_BAD_STARS = [("", "blank"), (" ", "blank"), ("nan", "not finite"), ("-Inf", "not finite"), ("1e999", "not finite"),
              ("abc", "number"), ("1_0", "number"), ("0x5", "number"), ("٣", "number"), ("1e31", "scale")]  # fmt: skip
_BAD_TIMES = [("yesterday", "time"), ("NaN", "not finite"), ("1e300", "time"), ("2001-13-01", "time")]
_BAD_IDS = [("", "blank"), ("  ", "blank"), ("x" * 129, "id")]


@dataclass(frozen=True)
class Line:
    """A line, and what must become of it."""

    content: bytes
    rating: Rating | None = None
    reason: str = ""
    """Why it must be rejected; a line that is neither taken nor rejected is blank."""


def _cell(text: str, syntax: Syntax, always: bool) -> str:
    needs = syntax.separator in text or '"' in text or always
    return '"' + text.replace('"', '""') + '"' if syntax.quoted and needs else text


def _joined(cells: list[str], syntax: Syntax, always: bool) -> bytes:
    return syntax.separator.join(_cell(cell, syntax, always) for cell in cells).encode()


def _times(syntax: Syntax) -> list[tuple[str, int]]:
    return [(text, seconds) for text, seconds in _TIMES if text.strip() or not syntax.runs]


@st.composite
def _good(draw: st.DrawFn, syntax: Syntax) -> Line:
    ids = st.sampled_from(_IDS + _QUOTED_IDS if syntax.quoted else [i for i in _IDS if syntax.separator not in i])
    user, item = draw(ids), draw(ids)
    (stars, value), (time, seconds) = draw(st.sampled_from(_STARS)), draw(st.sampled_from(_times(syntax)))
    return Line(_joined([user, item, stars, time], syntax, draw(st.booleans())), (user, item, value, seconds))


@st.composite
def _bad_value(draw: st.DrawFn, syntax: Syntax) -> Line:
    place = draw(st.integers(0, 3))
    text, reason = draw(st.sampled_from([_BAD_IDS, _BAD_IDS, _BAD_STARS, _BAD_TIMES][place]))
    cells = ["1", "2", "3", "4"]
    cells[place] = text
    if syntax.runs and not text.strip():
        reason = "fields"  # nothing between blanks is no cell
    return Line(_joined(cells, syntax, draw(st.booleans())), reason=reason)


def _bad_lines(syntax: Syntax) -> list[Line]:
    join = syntax.separator.join
    found = [
        Line(join(["1", "2", "3"]).encode(), reason="fields"),
        Line(join(["1", "2", "3", "4", "5"]).encode(), reason="fields"),
        Line(b"just words", reason="fields"),
        Line(join(["1", "2", "3", "4\0"]).encode(), reason="nul"),
        Line(join(["1", "2\r", "3", "4"]).encode(), reason="line end"),
        Line(join(["1", "caf\xe9", "3", "4"]).encode("latin-1"), reason="encoding"),
        Line(join(["x" * MAX_LINE_BYTES, "2", "3", "4"]).encode(), reason="long"),
    ]
    if syntax.quoted:
        unbalanced = ['1,"2,3,4', '"1,2,3,4', '1,2",3,4', '1,"2"x,3,4', '1,"2" ,3,4', '1,2,3,4"']
        found += [Line(text.replace(",", syntax.separator).encode(), reason="quotes") for text in unbalanced]
    return found


@st.composite
def rating_files(draw: st.DrawFn, syntax: Syntax) -> tuple[bytes, list[Line]]:
    """Draw a file, and its lines without the header."""
    line = st.one_of(
        _good(syntax),
        _good(syntax),
        _bad_value(syntax),
        st.sampled_from(_bad_lines(syntax)),
        st.sampled_from([Line(b""), Line(b"  ")]),
    )
    first = Line(_joined(["1", "2", "3", "4"], syntax, False), ("1", "2", 3.0, 4))  # tells the syntax
    lines = [first, *draw(st.lists(line, max_size=12))]
    header = draw(
        st.sampled_from([[], [["userId", "movieId", "rating", "timestamp"]], [["USER", "item_id", "Score", "ts"]]])
    )
    end = draw(st.sampled_from([b"\n", b"\r\n"]))
    rows = [*(_joined(cells, syntax, False) for cells in header), *(line.content for line in lines)]
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    last = draw(st.sampled_from([b"", end])) if rows[-1] else end
    return bom + end.join(rows) + last, lines


def any_bytes(syntax: Syntax) -> st.SearchStrategy[bytes]:
    """Draw what has the signs of a syntax and no sense."""
    signs = ["1", "2.5", "nan", "x", "userId", "rating", '"', '""', "\n", "\r", "\r\n", " ", "é", "\0", ":", "|", ",",
             ";", "\t", syntax.separator, syntax.separator]  # fmt: skip
    texts = st.lists(st.sampled_from(signs), max_size=60).map("".join).map(str.encode)
    return st.one_of(texts, texts.map(lambda text: text + b"\xff"), st.binary(max_size=40))
