"""Names in any script: their fonts, their dollar signs, their line breaks."""

from textwrap import fill
from typing import Any
from unicodedata import east_asian_width

from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

# One or two common fonts a script; the last comes with matplotlib >= 3.11 and draws a box for what no other font knows.
_FALLBACKS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "PingFang SC", "Hiragino Sans", "Arial Unicode MS"),
    *("Nirmala UI", "Noto Sans Devanagari", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai"),
    "Last Resort High-Efficiency",
)

# How many letters of 11 points an inch takes, and how many Chinese, Japanese or Korean ones.
_LETTERS, _WIDE_LETTERS = 10, 5


def any_script() -> dict[str, Any]:
    """Keywords for a text that a user named: installed fallback fonts, and no mathematics between dollar signs.

    Returns
    -------
    dict
        To be handed to `Figure.suptitle`, `Axes.set_title`, `Axes.set_ylabel` and the like. Only installed fonts are
        named, because matplotlib complains about each one that it cannot find.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> Figure().suptitle("优酷, $5 to $10", **any_script()).get_parse_math()
    False
    """
    installed = set(fontManager.get_font_names())
    fonts = [*rcParams["font.family"], *(font for font in _FALLBACKS if font in installed)]
    return {"fontfamily": fonts, "parse_math": False}


def write_title(figure: Figure, title: str, **place: Any) -> None:
    """Write a figure's title in any script, in as many lines as its width asks for.

    Parameters
    ----------
    figure : Figure
        Its size must be final.
    title : str
        Broken here, because matplotlib's own `wrap` takes dollar signs for mathematics even where it is told not to.
    **place
        What else `Figure.suptitle` takes.

    Examples
    --------
    >>> figure = Figure(figsize=(3, 3))
    >>> write_title(figure, "K-means with 50 clusters on 20,439 posts")
    >>> figure.get_suptitle().splitlines()
    ['K-means with 50 clusters on', '20,439 posts']
    """
    wide = any(east_asian_width(letter) in "WF" for letter in title)
    width = round(figure.get_figwidth() * (_WIDE_LETTERS if wide else _LETTERS))
    figure.suptitle(fill(title, width), fontsize=11, **any_script(), **place)
