"""Curves in words and as a chart, from figures made up so that every sentence can be worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from numpy.typing import NDArray

from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.finance.definitions import COMPANY_METRICS
from channelsim.report.charts.curves import curves_chart
from channelsim.report.curves import (
    break_even_sentences,
    gap_sentences,
    optimum_sentences,
    place,
    throughout_sentences,
)
from channelsim.report.curves_files import break_even_rows, curve_rows
from channelsim.report.style import PALETTE
from channelsim.scenario.points import load_points
from worlds import team, world

KEPT = ("contribution", "cost_total", "won")
METRICS = tuple(m for m in (*COMPANY_METRICS, MARGINAL) if m.name in (*KEPT, "cost_per_deal", MARGINAL.name))
NAMES = ("phone", "field")
LUCK = np.array([-1.0, 0.0, 1.0])


def made_up(
    contribution: dict[str, list[float]],
    *,
    cost: dict[str, list[float]] | None = None,
    won: dict[str, list[float]] | None = None,
    spread: float = 0.0,
    vary: str = "sources.web.leads_per_month=10:40:10",
) -> Curves:
    """Three replications with the same luck everywhere. spread: of what field has that phone has not."""
    tree = world(
        teams={"desk": team()},
        strategies={"phone": {}, "field": {"motions.sale.deal_value_factor": 1.1}},
    )
    points = load_points(tree, vary)
    count = len(points)
    tables = (
        contribution,
        cost or {name: [100.0 + 10 * at for at in range(count)] for name in NAMES},
        won or {name: [10.0 + at for at in range(count)] for name in NAMES},
    )
    values = np.empty((count, 2, 3, len(KEPT)))
    for column, table in enumerate(tables):
        for at, name in enumerate(NAMES):
            own = spread * LUCK if (name, column) == ("field", 0) else 0.0
            values[:, at, :, column] = np.array(table[name])[:, None] + own
    metrics = METRICS if points.variation.is_ordered else tuple(m for m in METRICS if m is not MARGINAL)
    return Curves(points, metrics, KEPT, values, np.zeros(values.shape[:3]), 1, 3, "phone", (), 0.0)


CROSSING = {"phone": [100.0, 100, 100, 100], "field": [70.0, 90, 120, 115]}
T = 4.302653  # Student's t, two degrees of freedom, 97.5%


def test_a_break_even_is_told_with_its_interval_and_who_is_ahead() -> None:
    # The difference goes from -10 at 20 to 20 at 30. A spread of 4 / t x sqrt(3) makes its interval ± 4 wide.
    curves = made_up(CROSSING, spread=4 / T * np.sqrt(3))
    assert break_even_sentences(curves) == [
        "Contribution: phone and field break even at 23 (95% interval 22 to 25); phone is ahead below, field above."
    ]
    [row] = break_even_rows(curves)
    assert row == (
        "contribution", "phone", "field", pytest.approx(20 + 10 / 3), pytest.approx(22), pytest.approx(20 + 14 / 3),
        "phone", "field",
    )  # fmt: skip


def test_where_chance_goes_beyond_the_range_the_sentence_says_so() -> None:
    curves = made_up(CROSSING, spread=50)
    assert "(95% interval below 10 to above 40)" in break_even_sentences(curves)[0]
    assert [row[4:6] for row in break_even_rows(curves)] == [(None, None)]


def test_crossings_that_chance_cannot_tell_apart_are_told_together() -> None:
    curves = made_up({"phone": [0.0, 0, 0, 0], "field": [-1.0, 1, -1, 1]}, spread=1)
    assert break_even_sentences(curves) == [
        "Contribution: phone and field break even between 15 and 35, where chance has them cross 3 times (95% "
        "interval below 10 to above 40); phone is ahead below, field above."
    ]
    twice = made_up({"phone": [0.0, 0, 0, 0], "field": [-1.0, 1, -1, -1]}, spread=1)
    assert "cross 2 times" in break_even_sentences(twice)[0]
    assert break_even_sentences(twice)[0].endswith("phone is ahead on both sides.")


def test_less_is_better_for_cost_per_deal() -> None:
    # 10 and 10 deals; at 10 phone costs 10 a deal and field 20, at 40 the other way round.
    cost = {"phone": [100.0, 120, 180, 200], "field": [200.0, 180, 120, 100]}
    curves = made_up(CROSSING, cost=cost, won=dict.fromkeys(NAMES, [10.0] * 4))
    assert break_even_sentences(curves)[1] == (
        "Cost per deal: phone and field break even at 25 (95% interval 25 to 25); phone is cheaper below, field "
        "above."
    )


@pytest.mark.parametrize(
    ("field", "spread", "words"),
    [
        ([170, 190, 220, 215], 1, "field is ahead of phone at all values."),
        ([70, 90, 20, 15], 1, "phone is ahead of field at all values."),
        ([101, 190, 220, 215], 9, "field is ahead of phone at all values, though not everywhere beyond chance."),
        ([100, 100, 100, 100], 0, "phone and field are the same at all values."),
    ],
)
def test_where_nothing_crosses_it_is_told_who_is_ahead(field: list[float], spread: float, words: str) -> None:
    curves = made_up({"phone": [100.0] * 4, "field": field}, spread=spread)
    assert throughout_sentences(curves)[0] == f"Contribution: {words}"
    assert break_even_sentences(curves) == []


def test_of_strategies_without_deals_nothing_is_said_about_cost_per_deal() -> None:
    won = {"phone": [10.0, 11, 12, 13], "field": [0.0] * 4}
    assert not [each for each in throughout_sentences(made_up(CROSSING, won=won)) if "Cost per deal" in each]
    won = {"phone": [10.0, 11, 12, 13], "field": [0.0, 1, 1, 1]}
    assert throughout_sentences(made_up(CROSSING, won=won))[0].endswith("wherever both have deals.")


def test_the_best_point_is_told_with_its_flat_top() -> None:
    # Field: 1% below 120 is 118.8, reached at 29.6 and at 32.4; places are told to a tenth of a step.
    assert optimum_sentences(made_up({"phone": [1.0, 2, 3, 4], "field": [70, 90, 120, 115]})) == [
        "phone: highest contribution at 40, the end of the range, $4; within 1% of that nowhere else.",
        "field: highest contribution at 30, $120; within 1% of that from 30 to 32.",
    ]


def test_a_top_that_chance_cannot_place_is_told_to_be_anywhere() -> None:
    curves = made_up({"phone": [1.0, 2, 3, 4], "field": [70, 90, 120, 115]})
    curves.values[:, 1, :, 0] += np.outer([0, 9, 0, 0], LUCK) + np.outer([0, 0, 0, 9], LUCK)
    assert "(as far as chance goes, anywhere from 20 to 40)" in optimum_sentences(curves)[1]


def test_gaps_are_told_where_and_why() -> None:
    cost = {"phone": [100.0, 110, 120, 130], "field": [100.0, 110, 120, 130]}
    won = {"phone": [10.0, 10, 10, 11], "field": [10.0, 9, 10, 9]}
    assert gap_sentences(made_up(CROSSING, cost=cost, won=won)) == [
        "Marginal cost per deal of phone is left out from 10 to 30: there, deals do not change.",
        "Marginal cost per deal of field is left out from 10 to 20 and 30 to 40: there, deals and cost move in "
        "opposite directions.",
    ]


def test_words_have_best_values_and_no_places_between() -> None:
    curves = made_up({"phone": [100.0, 90], "field": [70.0, 90]}, vary="teams.desk.queue.discipline=oldest,newest")
    assert optimum_sentences(curves) == [
        "phone: highest contribution with oldest, $100.",
        "field: highest contribution with newest, $90.",
    ]
    assert break_even_sentences(curves) == throughout_sentences(curves) == gap_sentences(curves) == []
    assert place(curves, 1.0) == "newest"
    assert {row[3] for row in curve_rows(curves)} == {"oldest", "newest"}


@pytest.fixture(scope="module")
def figure() -> Figure:
    return curves_chart(made_up(CROSSING, spread=1))


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title(loc="left") == title)


def lines(axes: Axes, label: str) -> NDArray[Any]:
    (found,) = (line for line in axes.lines if line.get_label() == label)
    return np.asarray(found.get_xydata())


def test_each_metric_has_a_panel_with_a_line_a_strategy_in_its_colour(figure: Figure) -> None:
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Deals won", "Cost, all in", "Contribution", "Cost per deal", "Marginal cost per deal", "What they say",
    ]  # fmt: skip
    axes = panel(figure, "Contribution")
    np.testing.assert_allclose(lines(axes, "field"), [[10, 70], [20, 90], [30, 120], [40, 115]])
    for at, name in enumerate(NAMES):
        (line,) = (line for line in axes.lines if line.get_label() == name)
        assert same_color(line.get_color(), PALETTE[at])


def test_marginal_costs_stand_midway_between_their_points(figure: Figure) -> None:
    np.testing.assert_allclose(
        lines(panel(figure, "Marginal cost per deal"), "phone"), [[15, 10], [25, 10], [35, 10]]
    )


def test_a_break_even_is_marked_on_both_curves_with_its_interval(figure: Figure) -> None:
    axes = panel(figure, "Contribution")
    circle, bar = ([line for line in axes.lines if line.get_marker() == marker] for marker in ("o", "None"))
    at = [line.get_xydata() for line in circle if line.get_label().startswith("_")]
    np.testing.assert_allclose(np.concatenate(at), [[20 + 10 / 3, 100]])
    ends = next(line for line in bar if line.get_linewidth() > 2)
    low, high = np.asarray(ends.get_xdata(), float)
    assert low < 20 + 10 / 3 < high
    assert "23" in [text.get_text() for text in axes.texts]


def test_curves_that_never_cross_have_no_marks() -> None:
    axes = panel(curves_chart(made_up({"phone": [0.0] * 4, "field": [5.0, 6, 7, 8]})), "Contribution")
    assert not axes.texts


@pytest.mark.parametrize("level", [0.0, 5.0, -5.0])
def test_a_chart_of_one_level_is_drawn(level: float) -> None:
    axes = panel(curves_chart(made_up(dict.fromkeys(NAMES, [level] * 4))), "Contribution")
    low, high = axes.get_ylim()
    assert low <= level < high


def test_one_figure_that_is_hardly_known_does_not_flatten_the_others() -> None:
    curves = made_up(CROSSING)
    curves.values[0, 1, :, 0] += 1e6 * LUCK
    low, high = panel(curves_chart(curves), "Contribution").get_ylim()
    assert high - low < 200
