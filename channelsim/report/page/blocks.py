"""What a page is made of: sections of prose, tables, cards and charts. They hold words and numbers; how they look
is the template's, the style sheet's and the script's."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Swatch:
    """What stands for a strategy: a colour and the outline of a marker, an SVG path about (0, 0) 12 units wide."""

    colour: str
    path: str


@dataclass(frozen=True)
class Name:
    """A heading, with the swatch of the strategy that it names."""

    text: str
    swatch: Swatch | None = None


@dataclass(frozen=True)
class Cell:
    """A figure in a table: text, after ± its spread, a mark such as "*", and what stands aside in brackets. strong:
    the one to look at."""

    text: str
    spread: str = ""
    mark: str = ""
    strong: bool = False
    aside: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table. about: what its heading means, in smaller letters."""

    heading: Name
    cells: Sequence[Cell]
    about: str = ""


@dataclass(frozen=True)
class Prose:
    """Paragraphs. tone: "plain", "quiet", "strong" or "warning"."""

    kind: ClassVar[str] = "prose"
    paragraphs: Sequence[str]
    tone: str = "plain"


@dataclass(frozen=True)
class Table:
    """Figures in rows and columns, the first column being the rows' headings. id: of its own in the page, where a
    chart reads its words from it. words: whether cells are words, which break and start at the left."""

    kind: ClassVar[str] = "table"
    caption: str
    corner: str
    columns: Sequence[Name]
    rows: Sequence[Row]
    note: str = ""
    id: str = ""
    words: bool = False


@dataclass(frozen=True)
class Card:
    """One strategy in short. badge: such as "best"; facts: shorter lines below."""

    heading: Name
    figure: Cell
    label: str
    badge: str = ""
    facts: Sequence[str] = ()


@dataclass(frozen=True)
class Cards:
    """Strategies side by side."""

    kind: ClassVar[str] = "cards"
    cards: Sequence[Card]


@dataclass(frozen=True)
class Chart:
    """A drawing that the script makes of numbers; its words, beside dots and under the pointer, are those of its
    tables, which are all that is left without a script.

    draw: the script's function: "dots", "bars", "stacks" or "lines". data: as JSON; what each function needs stands
    above it in charts.js or lines.js. alt: what the chart says, for those who do not see it.
    """

    kind: ClassVar[str] = "chart"
    id: str
    draw: str
    title: str
    caption: str
    alt: str
    data: Mapping[str, Any]
    tables: Sequence[Table]


@dataclass(frozen=True)
class Picture:
    """A chart as it lies in the folder. svg: its content. alt: what it says, for those who do not see it. title,
    note: above it, where several stand side by side."""

    kind: ClassVar[str] = "picture"
    svg: bytes
    alt: str
    title: str = ""
    note: str = ""

    @property
    def address(self) -> str:
        """The picture as an address that holds all of it, so that the page loads nothing."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg).decode()}"


@dataclass(frozen=True)
class Pictures:
    """Drawings side by side, as many as fit. wide: at most two, for those with long names in them."""

    kind: ClassVar[str] = "pictures"
    title: str
    caption: str
    pictures: Sequence[Picture]
    wide: bool = False


@dataclass(frozen=True)
class Text:
    """Text as it is written, such as a command."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Details:
    """Blocks that are opened on demand."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: Sequence[Block]


Block = Prose | Table | Cards | Chart | Picture | Pictures | Text | Details


@dataclass(frozen=True)
class Section:
    """A chapter of the page. id: its anchor. A section without blocks is left out."""

    id: str
    title: str
    blocks: Sequence[Block] = field(default=())
