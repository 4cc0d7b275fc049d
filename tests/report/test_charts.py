"""Charts show the numbers of the summary, and stay whole whatever the run is like."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import same_color
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text

from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import Failure
from channelsim.report.charts import CHARTS, save
from channelsim.report.charts.losses import losses_by_step, shares
from channelsim.report.format import number
from channelsim.report.style import WIDTH, png_bytes, strategy_colours
from channelsim.scenario.load import load

PNG_WIDTH = 1500
NAMES = ("phone", "field", "both")
ROUTING: dict[str, list[dict[str, Any]]] = {
    "phone": [{"motion": "phone"}],
    "field": [{"motion": "field"}],
    "both": [{"when": {"segment": "big"}, "motion": "field"}, {"motion": "phone"}],
}


def scenario(strategies: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Two teams, two motions, few leads: leads cool while they wait, and some are open at the end."""

    def motion(team: str, advance: float) -> dict[str, Any]:
        contact = {"team": team, "effort_hours": 0.2, "attempts": {"max": 2, "reach": 0.5}, "patience_hours": 60.0}
        close = {"team": team, "effort_hours": 3.0, "advance": advance, "buyer_days": 8, "opportunity": True}
        return {"steps": {"contact": contact, "close": close}}

    pay = {"salary": 60000, "on_target_variable": 30000, "annual_quota": 500000}
    tree: dict[str, Any] = {
        "channelsim": 1,
        "name": "a small world",
        "horizon": {"start": dt.date(2027, 1, 4), "months": 4, "warmup_months": 1},
        "segments": {"small": {"deal_value": 9000.0}, "big": {"deal_value": 40000.0}},
        "sources": {"web": {"leads_per_month": 30, "mix": {"small": 0.7, "big": 0.3}, "cost_per_lead": 80}},
        "teams": {
            "inside": {"channel": "inside", "headcount": 1, "people": {"selling_share": 0.4}, "pay": pay},
            "outside": {"channel": "outside", "headcount": 2, "people": {"selling_share": 0.4}, "pay": pay},
        },
        "motions": {"phone": motion("inside", 0.3), "field": motion("outside", 0.5)},
        "strategies": strategies or {name: {"routing": ROUTING[name]} for name in NAMES},
    }
    return tree | changes


@pytest.fixture(scope="module")
def result() -> Result:
    return run_study(load(scenario()), replications=3)


@pytest.fixture(scope="module")
def figures(result: Result) -> dict[str, Figure]:
    return {name: draw(result) for name, draw in CHARTS.items()}


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title(loc="left") == title)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def line(axes: Axes, label: str) -> np.ndarray[Any, Any]:
    return np.asarray(next(line for line in axes.lines if line.get_label() == label).get_xdata(), float)


def bars(axes: Axes) -> Iterator[BarContainer]:
    return (container for container in axes.containers if isinstance(container, BarContainer))


@pytest.mark.parametrize(
    ("title", "metric"),
    [
        ("Contribution", "contribution"),
        ("Bookings", "bookings"),
        ("Cost per deal", "cost_per_deal"),
        ("Win rate (of leads)", "win_rate"),
        ("Days to win", "cycle_days"),
        ("Cost / bookings", "expense_ratio"),
    ],
)
def test_a_dot_is_the_summarys_mean_and_its_whisker_the_interval(
    result: Result, figures: dict[str, Figure], title: str, metric: str
) -> None:
    axes = panel(figures["comparison"], title)
    for strategy in NAMES:
        row = result.summary.row(by_predicate=_is(strategy, metric), named=True)
        assert line(axes, strategy) == pytest.approx([row["mean"]])
        assert line(axes, f"{strategy} interval") == pytest.approx([row["ci_low"], row["ci_high"]])


def _is(strategy: str, metric: str) -> Any:
    return (pl.col("strategy") == strategy) & (pl.col("metric") == metric)


def test_differences_are_paired_and_leave_the_baseline_out(result: Result, figures: dict[str, Figure]) -> None:
    axes = panel(figures["comparison"], "Difference from phone")
    differences = result.differences("contribution")
    for strategy in ("field", "both"):
        e = differences[strategy]
        assert line(axes, strategy) == pytest.approx([e.mean])
        assert line(axes, f"{strategy} interval") == pytest.approx([e.ci_low, e.ci_high])
    assert "phone" not in [each.get_label() for each in axes.lines]
    assert line(axes, "no difference").tolist() == [0, 0]


def test_the_mean_is_written_beside_its_dot(result: Result, figures: dict[str, Figure]) -> None:
    shown = texts(figures["comparison"])
    for strategy in NAMES:
        mean = result.estimate(strategy, "win_rate").mean
        assert number(mean, result.metrics[result.column("win_rate")].unit, "USD") in shown


@pytest.mark.parametrize(
    ("title", "metric"),
    [("Leads", "leads"), ("Contacted", "contacted"), ("Opportunities", "opportunities"), ("Won", "won")],
)
def test_a_bar_of_the_funnel_is_the_summarys_mean(
    result: Result, figures: dict[str, Figure], title: str, metric: str
) -> None:
    widths = {str(bar.get_label()): bar.patches[0].get_width() for bar in bars(panel(figures["funnel"], title))}
    assert widths == {name: pytest.approx(result.estimate(name, metric).mean) for name in NAMES}


def test_conversion_to_won_is_the_win_rate_of_opportunities(result: Result, figures: dict[str, Figure]) -> None:
    mean = result.estimate("both", "opportunity_win_rate").mean
    assert f"{100 * mean:.1f}%" in texts(figures["funnel"])


def test_the_pipeline_line_is_the_mean_of_the_replications(result: Result, figures: dict[str, Figure]) -> None:
    axes = panel(figures["pipeline"], "field")
    shown = next(each for each in axes.lines if each.get_label() == "field")
    # empty as the horizon starts, then the end of every month
    expected = [0.0, *result.monthly["field"]["pipeline"].mean(axis=0)]
    assert np.asarray(shown.get_ydata(), float) == pytest.approx(expected)
    assert any(isinstance(each, FillBetweenPolyCollection) for each in axes.collections)


def test_the_last_point_of_the_pipeline_is_the_open_pipeline_of_the_summary(
    result: Result, figures: dict[str, Figure]
) -> None:
    shown = next(each for each in panel(figures["pipeline"], "both").lines if each.get_label() == "both")
    assert np.asarray(shown.get_ydata())[-1] == pytest.approx(result.estimate("both", "open_pipeline").mean)


def test_contribution_so_far_ends_at_the_difference_of_the_summary(
    result: Result, figures: dict[str, Figure]
) -> None:
    assert [axes.get_title(loc="left") for axes in figures["ahead"].axes] == ["field", "both"]
    for name in ("field", "both"):
        shown = next(each for each in panel(figures["ahead"], name).lines if each.get_label() == name)
        heights = np.asarray(shown.get_ydata(), float)
        assert heights[0] == 0.0
        assert heights[-1] == pytest.approx(result.differences("contribution")[name].mean)


def test_the_warm_up_is_shaded_and_named(figures: dict[str, Figure]) -> None:
    for name in ("ahead", "pipeline", "utilization"):
        for axes in figures[name].axes:
            shade = next(patch for patch in axes.patches if patch.get_label() == "warm-up")
            first, last = shade.get_extents().transformed(axes.transData.inverted()).intervalx
            assert (round(first), round(last)) == (739985, 740016)  # 4 January and 4 February 2027 as ordinals
        assert "warm-up" in texts(figures[name])


def test_utilization_has_a_panel_for_each_team_and_strategy(result: Result, figures: dict[str, Figure]) -> None:
    figure = figures["utilization"]
    assert [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()] == ["inside", "outside"]
    assert len(figure.axes) == 6
    shown = next(each for each in figure.axes[0].lines if each.get_label() == "phone")
    assert np.asarray(shown.get_ydata()) == pytest.approx(
        result.monthly["phone"]["utilization.inside"].mean(axis=0)
    )


def test_every_lead_in_play_ends_in_one_way(result: Result, figures: dict[str, Figure]) -> None:
    by_strategy = shares(result)
    assert [sum(each.values()) for each in by_strategy.values()] == pytest.approx([1, 1, 1])
    drawn = {
        str(bar.get_label()): [patch.get_width() for patch in bar.patches]
        for bar in bars(figures["losses"].axes[0])
    }
    assert drawn["Won"] == pytest.approx([by_strategy[name]["won"] for name in NAMES])
    assert drawn["Cooled"] == pytest.approx([by_strategy[name]["lost.cooled"] for name in NAMES])
    assert max(drawn["Cooled"]) > 0


def test_losses_by_step_add_up_to_losses_by_reason(result: Result) -> None:
    by_step = losses_by_step(result)
    for name, by_end in shares(result).items():
        for reason, at_steps in by_step.per_100[name].items():
            assert sum(at_steps) == pytest.approx(100 * by_end[f"lost.{reason}"])


def test_a_strategy_has_its_colour_in_every_chart(figures: dict[str, Figure]) -> None:
    colours = strategy_colours(NAMES)
    for strategy in NAMES:
        dots = panel(figures["comparison"], "Contribution").lines
        drawn = [next(each for each in dots if each.get_label() == strategy).get_color()]
        drawn += [
            bar.patches[0].get_facecolor() for bar in bars(figures["funnel"].axes[0]) if bar.get_label() == strategy
        ]
        for name in ("pipeline", "utilization"):
            drawn += [
                each.get_color() for a in figures[name].axes for each in a.lines if each.get_label() == strategy
            ]
        titles = [text for text in figures["losses"].findobj(Text) if isinstance(text, Text)]
        drawn += [
            title.get_color() for title in titles if title.get_text() == strategy and title.get_weight() == "bold"
        ]
        assert len(drawn) == 6
        assert all(same_color(colour, colours[strategy]) for colour in drawn)


@pytest.mark.parametrize("name", ["funnel", "pipeline", "losses"])  # outlines, clipping, hatches
def test_the_same_run_gives_the_same_bytes_whatever_the_users_settings(
    result: Result, name: str, tmp_path: Path
) -> None:
    save(CHARTS[name](result), tmp_path / "a.png", tmp_path / "a.svg")
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": None, "axes.grid": True, "savefig.dpi": 40}):
        save(CHARTS[name](result), tmp_path / "b.png", tmp_path / "b.svg")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    png = (tmp_path / "a.png").read_bytes()
    assert int.from_bytes(png[16:20]) == PNG_WIDTH
    assert b"Software" not in png
    assert not re.search(r"<dc:date>|Matplotlib v", (tmp_path / "a.svg").read_text())


def test_charts_are_drawn_in_threads_and_leave_the_settings_alone(
    result: Result, figures: dict[str, Figure]
) -> None:
    before = dict(mpl.rcParams)
    drawn: list[bytes] = []
    threads = [threading.Thread(target=lambda: drawn.append(png_bytes(CHARTS["funnel"](result)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [png_bytes(figures["funnel"])] * 3
    assert dict(mpl.rcParams) == before


def test_a_chart_shows_itself_in_a_notebook(figures: dict[str, Figure]) -> None:
    shown = figures["funnel"]._repr_png_()  # type: ignore[attr-defined]
    assert shown.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", CHARTS)
def test_the_foot_says_where_the_figures_come_from(figures: dict[str, Figure], name: str) -> None:
    foot = next(text for text in texts(figures[name]) if "seed" in text)
    assert "a small world" in foot
    assert "3 replications" in foot
    assert "seed 1" in foot
    assert "1 month of warm-up" in foot


LONG = (
    "inside_only_with_two_more_development_reps", "field", "hybrid-inbound-inside-outbound-outside-enterprise",
    "averyveryverylongnamewithoutanybreaks", "as_is", "phone_then_visit_if_value_above_50k", "g", "h",
)  # fmt: skip


def strategies(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"routing": ROUTING[NAMES[i % 3]]} for i, name in enumerate(names)}


WORLDS: dict[str, dict[str, Any]] = {
    "one strategy": scenario(strategies(("only",))),
    "eight strategies with long names": scenario(strategies(LONG)),
    "three months without a warm-up": scenario(horizon={"start": dt.date(2027, 1, 4), "months": 3}),
    "five years": scenario(strategies(("only", "other")), horizon={"start": dt.date(2027, 3, 1), "months": 60}),
    "a name in signs that the font lacks": scenario(name="会社 $x$ " * 20, currency="CHF"),
    "nothing is ever won": scenario(sources={"web": {"leads_per_month": 0.001, "mix": {"small": 1.0}}}),
    "won decides": scenario(decision_metric="won"),
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("world", WORLDS)
def test_a_chart_stays_on_its_page(world: str, name: str) -> None:
    """One replication, so no intervals; warnings are errors."""
    assert_on_page(CHARTS[name](result_of(world)))


_results: dict[str, Result] = {}


def result_of(world: str) -> Result:
    if world not in _results:
        _results[world] = run_study(load(WORLDS[world]), replications=1)
    return _results[world]


def assert_on_page(figure: Figure) -> None:
    """All text lies within the page."""
    box = figure.get_tightbbox()
    assert box.x0 >= -0.01
    assert box.x1 <= WIDTH + 0.01
    assert box.y0 >= -0.01
    assert box.y1 <= figure.get_size_inches()[1] + 0.01


@pytest.mark.parametrize("name", CHARTS)
def test_a_partial_result_is_drawn_from_what_finished_and_says_so(result: Result, name: str) -> None:
    """Of phone nothing finished, of field one replication did not."""
    values = {strategy: array.copy() for strategy, array in result.values.items()}
    values["phone"][:] = np.nan
    values["field"][1] = np.nan
    monthly = result.monthly | {
        "phone": {},
        "field": {series: array.copy() for series, array in result.monthly["field"].items()},
    }
    for series in monthly["field"].values():
        series[1] = np.nan
    rows = result.rows | {"phone": [None] * 3, "field": [result.rows["field"][0], None, result.rows["field"][2]]}
    failed = [*(Failure("phone", i, 1, "no") for i in range(3)), Failure("field", 1, 1, "no")]
    partial = replace(result, values=values, monthly=monthly, rows=rows, failures=tuple(failed))
    figure = CHARTS[name](partial)
    assert_on_page(figure)
    assert any("PARTIAL: 4 failed" in text for text in texts(figure))


def test_a_team_with_nobody_has_no_row_of_utilization() -> None:
    tree = scenario()
    tree["teams"]["later"] = {"channel": "inside", "headcount": {0: 0, 2: 1}}
    tree["teams"]["never"] = {"channel": "inside", "headcount": 0}
    figure = CHARTS["utilization"](run_study(load(tree), replications=2))
    assert [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()] == ["inside", "outside", "later"]
    shown = next(each for each in figure.axes[6].lines if each.get_label() == "phone")
    assert np.isnan(np.asarray(shown.get_ydata())).tolist() == [True, True, False, False]


def test_opportunities_are_left_out_of_the_funnel_where_none_are_marked() -> None:
    tree = scenario()
    for motion in tree["motions"].values():
        del motion["steps"]["close"]["opportunity"]
    figure = CHARTS["funnel"](run_study(load(tree), replications=1))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Leads", "Contacted", "Won"]
    assert "and % of contacted" in texts(figure)
