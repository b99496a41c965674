"""Text in any script: fonts, dollar signs and line breaks."""

from textwrap import fill
from typing import Any
from unicodedata import east_asian_width

from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

# Common fonts of each script; the last one comes with matplotlib >= 3.11 and draws a box for any other character.
_FALLBACKS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "PingFang SC", "Hiragino Sans", "Arial Unicode MS"),
    *("Nirmala UI", "Noto Sans Devanagari", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai"),
    "Last Resort High-Efficiency",
)

# Letters of 11 points per inch; the second is for Chinese, Japanese and Korean.
_LETTERS, _WIDE_LETTERS = 10, 5


def any_script() -> dict[str, Any]:
    """Return keywords for text in any script: installed fallback fonts, and dollar signs taken literally.

    Returns
    -------
    dict
        Keywords of `Figure.suptitle`, `Axes.set_title`, `Axes.set_ylabel` and the like. Only installed fonts are
        listed, because matplotlib warns about any other.

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
    """Write the title of a figure in any script, broken into lines that fit its width.

    Parameters
    ----------
    figure : Figure
        Its size must be final.
    title : str
        Not wrapped by matplotlib, whose `wrap` takes dollar signs for mathematics even with `parse_math=False`.
    **place
        Further keywords of `Figure.suptitle`.

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
