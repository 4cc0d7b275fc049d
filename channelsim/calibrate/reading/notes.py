"""What is found out while an export is read, gathered for its reader; and texts of others made fit to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import polars as pl

from channelsim.calibrate.records import Count

MAX_EXAMPLES = 3
MAX_SHOWN = 60
UNSHOWABLE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Unicode's kinds of characters that move the cursor, turn the direction of writing or show nothing."""


class Notes:
    """Counts and sentences in the order in which they were found."""

    def __init__(self) -> None:
        self.counts: list[Count] = []
        self.sentences: list[str] = []

    def count(self, what: str, rows: int, done: str, examples: Iterable[object] = ()) -> None:
        """Rows of a kind, if there are any, and what became of them."""
        if rows:
            shown = tuple(plain(each) for _, each in zip(range(MAX_EXAMPLES), examples, strict=False))
            self.counts.append(Count(what, rows, done, shown))

    def count_where(self, frame: pl.DataFrame, where: pl.Expr, what: str, done: str) -> int:
        """Rows of a frame with a `key` for which something holds. Returns how many."""
        keys = frame.filter(where)["key"]
        self.count(what, len(keys), done, keys.drop_nulls().head(MAX_EXAMPLES))
        return len(keys)

    def say(self, sentence: str) -> None:
        """A decision, once."""
        if sentence not in self.sentences:
            self.sentences.append(sentence)


def plain(text: object, limit: int = MAX_SHOWN) -> str:
    """A text of others on one line, without what a terminal or page would act on, and short.

    >>> plain("two\\nlines\\x1b[31m")
    'two lines�[31m'
    """
    shown = re.sub(r"\s+", " ", str(text)).strip()
    shown = "".join("�" if unicodedata.category(each) in UNSHOWABLE else each for each in shown[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def listed(items: Iterable[object], limit: int = 8) -> str:
    """A few texts in quotes, and how many more there are.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    texts = [f"'{plain(each)}'" for each in items]
    more = len(texts) - limit
    return ", ".join(texts[:limit]) + (f" and {more:,} more" if more > 0 else "")
