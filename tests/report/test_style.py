"""The house style: colours that everybody can tell apart, and names that fit."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from channelsim.report.format import SYMBOLS
from channelsim.report.style import PALETTE, folded, house_style, printable, strategy_colours, strategy_markers

# Full dichromacy, linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
VISION = {
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "all": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
}
LEAST_DISTANCE = 7.5
"""In Oklab x 100, where about 2 is just noticeable side by side."""


def linear(colour: str) -> NDArray[np.float64]:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Oklab of linear RGB (Ottosson 2020), times 100."""
    to_cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.asarray(100 * np.array(to_lab) @ np.cbrt(np.array(to_cones) @ np.clip(rgb, 0, 1)))


@pytest.mark.parametrize("vision", VISION)
def test_any_two_strategies_differ_in_colour_to_every_eye(vision: str) -> None:
    seen = [oklab(np.array(VISION[vision]) @ linear(colour)) for colour in PALETTE]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > LEAST_DISTANCE


@pytest.mark.parametrize("colour", PALETTE)
def test_every_colour_stands_out_from_white(colour: str) -> None:
    luminance = linear(colour) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 2.99  # WCAG 1.4.11 asks for 3 to 1


def test_eight_strategies_have_eight_colours_and_eight_markers() -> None:
    names = list("abcdefgh")
    assert len(set(strategy_colours(names).values())) == 8
    assert len(set(strategy_markers(names).values())) == 8


def test_a_ninth_strategy_begins_the_colours_anew() -> None:
    colours = strategy_colours(list("abcdefghi"))
    assert colours["i"] == colours["a"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("as_is", "as_is"),
        ("inside_only_with_two_more_reps", "inside_only_with_\ntwo_more_reps"),
        ("hybrid-inbound-inside-outbound-outside", "hybrid-inbound-\ninside-outbound-…"),
        ("averylongnamewithoutanybreak", "averylongnamewithout\nanybreak"),
        ("x" * 100, "x" * 20 + "\n" + "x" * 19 + "…"),
    ],
)
def test_a_long_name_is_folded_where_it_has_a_joint(name: str, lines: str) -> None:
    assert folded(name) == lines


def test_a_sign_that_the_font_lacks_is_a_box() -> None:
    assert printable("Vertrieb 会社\nÜbersicht") == "Vertrieb □□ Übersicht"


def test_every_currency_sign_is_in_the_font() -> None:
    assert all(printable(sign) == sign for sign in SYMBOLS.values())


def test_the_style_leaves_what_the_user_has_set() -> None:
    with mpl.rc_context({"font.size": 33.0}):
        with house_style():
            assert mpl.rcParams["font.size"] == 9.0
        assert mpl.rcParams["font.size"] == 33.0
