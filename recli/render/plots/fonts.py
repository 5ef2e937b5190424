"""Letters of all scripts: which of the system's fonts draw them, and which letters no font here has."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOUSE_FONT = "DejaVu Sans"
"""Ships with matplotlib: a picture in Latin, Greek, Cyrillic, Hebrew or Arabic letters is the same on every machine."""
_FALLBACKS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK KR", "Noto Sans JP", "Noto Sans SC",
    "Source Han Sans", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "IPAGothic", "IPAPGothic", "TakaoGothic",
    "VL Gothic", "NanumGothic", "UnDotum", "Droid Sans Fallback", "Hiragino Sans", "PingFang SC",
    "Apple SD Gothic Neo", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Noto Sans Devanagari", "Noto Sans Bengali",
    "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Thai", "Noto Emoji", "Symbola", "Segoe UI Emoji",
    "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Fonts for what the house font lacks, the first to be asked first: free ones, then those of macOS and Windows."""


def families() -> list[str]:
    """Return the house font, then those of this machine that draw what it lacks: matplotlib asks each in turn."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return [HOUSE_FONT, *(name for name in _FALLBACKS if name in installed)]


def letters_without_font(figure: "Figure") -> str:
    """Return the letters of a figure that none of ``families`` has, each once, in the order of Unicode."""
    from matplotlib.text import Text

    letters = {letter for text in figure.findobj(Text) for letter in text.get_text()}
    known: set[int] = set()
    for name in families():
        known |= _letters_of(name)
    return "".join(sorted(letter for letter in letters if not letter.isspace() and ord(letter) not in known))


def missing_words(letters: Iterable[str]) -> str:
    """Return the sentence for who finds boxes in a PNG."""
    some = list(letters)
    shown = " ".join(some[:_SHOWN]) + (" …" if len(some) > _SHOWN else "")
    return (
        f"the picture shows boxes for {len(some)} letters that no font here has ({shown}): "
        "draw it as .svg or .html, or install Noto Sans CJK or another font that has them"
    )


_SHOWN = 5


@lru_cache(maxsize=len(_FALLBACKS) + 1)
def _letters_of(family: str) -> frozenset[int]:
    """Return the code points that a family has."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties(family=[family]))).get_charmap())
