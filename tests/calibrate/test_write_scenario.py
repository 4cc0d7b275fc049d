"""What stands in a scenario that was written from an export's fit."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from made_fits import amount, exactly, export_of, route_fit, share, source_fit, spread, step, two_ways

from channelsim.calibrate.estimates import Fit, People
from channelsim.calibrate.records import Route
from channelsim.calibrate.writing.draft import draft_of
from channelsim.calibrate.writing.figures import figure, interval, number, shares
from channelsim.calibrate.writing.template import find_template
from channelsim.calibrate.writing.write import scenario_text, write_scenario
from channelsim.errors import UserError
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_text

COMMENT = "  # "


def text_of(fit: Fit, template: str = "midmarket_software") -> str:
    """The text before it is settled."""
    return scenario_text(draft_of(fit, find_template(template)))


def data_of(text: str) -> Any:
    return read_text(text, "written").data


def lines_with(text: str, field: str) -> list[str]:
    """Lines of a field, each with the comment above it where that stands on lines of its own."""
    lines = text.splitlines()
    found = []
    for at, line in enumerate(lines):
        if line.strip().startswith(f"{field}:"):
            above = at
            while lines[above - 1].strip().startswith("#"):
                above -= 1
            found.append(" ".join(lines[above : at + 1]))
    return found


def middle(written: Any) -> float:
    """A number, or the mean of what is believed about it."""
    return float(written["uncertain"]["mean"] if isinstance(written, dict) else written)


def one_way(**changes: Any) -> Fit:
    """A company with one way to sell, of one step, to one segment."""
    routes = (Route("sale", "Sale", "inside", ("opportunity",)),)
    fitted = route_fit("sale", [step("opportunity", {"all": 0.3}, spread(20.0), spread(30.0))])
    fit = replace(
        two_ways(),
        export=export_of(routes, ("all",), ("web",)),
        routes=(fitted,),
        sources=(source_fit("web", 50.0, {"all": 1.0}),),
        source_shares={"web": exactly(1.0)},
        segment_shares={"all": exactly(1.0)},
        routing=(),
        values={"all": spread(9000.0)},
        value_factor={},
        people=(),
    )
    return replace(fit, **changes)


def test_a_written_scenario_is_sound_and_runs() -> None:
    study = load(read_text(write_scenario(two_ways()).text, "written"))
    assert list(study.strategies) == ["as_is", "only_phone", "only_field"]
    result = run_study(study, replications=2, workers=1)
    assert not result.failures
    assert result.estimate("as_is", "won").mean > 50


def test_every_figure_that_drives_what_happens_is_the_fits_and_carries_its_uncertainty() -> None:
    fit = two_ways()
    data = data_of(text_of(fit))
    for route in fit.routes:
        motion = data["motions"][route.name]
        factor = fit.value_factor[route.name]
        assert middle(motion["deal_value_factor"]) == pytest.approx(factor.value, abs=factor.sd / 5)
        for each in route.steps:
            written = motion["steps"][each.step]
            for segment, estimate in each.advance.items():
                belief = written["advance"][segment]["uncertain"]
                assert belief["dist"] == "beta"
                assert belief["mean"] == pytest.approx(estimate.value, abs=estimate.sd / 5)
                assert belief["sd"] == pytest.approx(estimate.sd, rel=0.1)
    for source in fit.sources:
        written = data["sources"][source.name]
        assert middle(written["leads_per_month"]) == pytest.approx(source.per_month.value, rel=0.01)
        assert written["mix"] == pytest.approx({name: each.value for name, each in source.mix.items()})
    for segment, value in fit.values.items():
        written = data["segments"][segment]["deal_value"]
        assert written["dist"] == value.family
        assert middle(written["mean"]) == pytest.approx(value.mean.value, rel=0.01)
        assert written["cv"] == pytest.approx(value.cv.value, rel=0.01)
    people = data["teams"]["inside"]["people"]
    assert middle(people["annual_attrition"]) == pytest.approx(0.3)


def test_days_before_settling_are_the_fits_in_each_family() -> None:
    steps = data_of(text_of(two_ways()))["motions"]
    assert middle(steps["phone"]["steps"]["demo"]["buyer_days"]["mean"]) == 12
    assert steps["phone"]["steps"]["close"]["buyer_days"]["dist"] == "weibull"
    assert steps["phone"]["steps"]["close"]["buyer_days_if_no"]["dist"] == "exponential"
    assert middle(steps["field"]["steps"]["close"]["buyer_days"]["large"]["mean"]) == 30
    assert steps["field"]["steps"]["close"]["buyer_days_if_no"]["values"] == [6, 9, 12, 16, 20, 25, 31, 40, 55, 90]


def test_each_estimate_has_its_interval_and_what_it_rests_on_beside_it() -> None:
    fit = two_ways()
    text = text_of(fit)
    assert interval(fit.routes[0].steps[0].advance["small"]) == "0.517 to 0.583, n = 600"
    assert re.search(r"small: .*mean: 0\.55, .*# 0\.517 to 0\.583, n = 600", text)
    for field in ("leads_per_month", "deal_value_factor", "deal_value"):
        for line in lines_with(text, field):
            assert re.search(r"[\d.,]+ to [\d.,]+, n = \d", line), line
    for line in lines_with(text, "buyer_days_if_no"):
        assert re.search(r"days in the step: [\d.]+ to [\d.]+, n = 300, 40 not seen to end", line), line


@pytest.mark.parametrize("template", ["midmarket_software", "smb_saas", "industrial_equipment"])
def test_what_no_export_says_is_marked_as_assumed_with_its_source(template: str) -> None:
    text = text_of(two_ways(), template)
    assumed = (
        "gross_margin", "annual_churn", "patience_hours", "cost_per_lead", "arrivals", "hours", "queue",
        "selling_share", "hire_days", "salary", "effort_hours", "visit", "travel_hours", "overhead_rate",
    )  # fmt: skip
    marked = 0
    for field in assumed:
        for line in lines_with(text, field):
            assert f"assumed (template {template}, " in line, line
            marked += 1
    assert marked > len(assumed)
    assert "phone/" in text


def test_a_step_takes_the_work_of_the_templates_step_of_its_name() -> None:
    steps = data_of(text_of(two_ways()))["motions"]["field"]["steps"]
    assert (steps["demo"]["effort_hours"], steps["demo"]["visit"]) == (3, True)
    assert steps["demo"]["travel_hours"] == {"dist": "triangular", "low": 2, "mode": 4, "high": 9}


def test_steps_of_other_names_share_out_the_templates_opportunity_by_their_place() -> None:
    names = ("identified", "validated", "qualified")
    steps = [step(name, {"all": 0.5}, spread(400.0), None) for name in names]
    fit = one_way(
        export=export_of((Route("sale", "Sale", "inside", names),), ("all",), ("web",)),
        routes=(route_fit("sale", steps),),
    )
    written = data_of(text_of(fit))["motions"]["sale"]["steps"]
    assert [written[name]["effort_hours"] for name in names] == [2.5, 3.5, 2]  # demo, propose, close of phone
    assert [written[name].get("touches", 1) for name in names] == [1, 1, 2]
    assert [written[name].get("opportunity", False) for name in names] == [True, False, False]


def test_a_step_alone_takes_the_work_that_a_deal_takes_on_average() -> None:
    # midmarket_software's phone, the one segment being like "large" or "midsize": 2.5 h at demo, then 3.5 h for
    # those who go on, then twice 2 h for those who go on again.
    written = data_of(text_of(one_way()))["motions"]["sale"]["steps"]["opportunity"]
    hours = written["effort_hours"] * written.get("touches", 1)
    large, midsize = (2.5 + first * 3.5 + first * second * 4 for first, second in ((0.45, 0.55), (0.55, 0.65)))
    assert hours in (pytest.approx(large, rel=1e-4), pytest.approx(midsize, rel=1e-4))


def test_more_steps_than_the_template_has_divide_its_work() -> None:
    names = ("a", "b", "c", "d", "e", "f")
    steps = [step(name, {"all": 0.8}, spread(40.0), None) for name in names]
    fit = one_way(
        export=export_of((Route("sale", "Sale", "inside", names),), ("all",), ("web",)),
        routes=(route_fit("sale", steps),),
    )
    written = data_of(text_of(fit))["motions"]["sale"]["steps"]
    hours = [written[name]["effort_hours"] * written[name].get("touches", 1) for name in names]
    assert hours == pytest.approx([1.25, 1.25, 1.75, 1.75, 2, 2])


def test_headcounts_are_those_of_owners_at_work_and_others_are_sized_and_say_so() -> None:
    text = text_of(two_ways())
    teams = data_of(text)["teams"]
    assert teams["inside"]["headcount"] == 6
    inside, outside = lines_with(text, "headcount")
    assert "6.2 owners at work at once on average, 9 in all" in inside
    assert re.search(r"assumed: so that they are (6[5-9]|7[0-5])% busy", outside)


def test_people_who_could_not_have_coped_with_the_assumed_efforts_have_them_scaled_down() -> None:
    fit = two_ways(people=(People("phone", 3, 2.0, None, None, None, None, None, None),))
    draft = draft_of(fit, find_template("midmarket_software"))
    staff = draft.staff["phone"]
    assert staff.headcount == 2
    assert staff.busy == pytest.approx(0.85)
    assert staff.effort_scale < 1
    assert any("yet they coped" in note for note in draft.notes)
    effort = data_of(scenario_text(draft))["motions"]["phone"]["steps"]["demo"]["effort_hours"]
    assert effort == pytest.approx(2.5 * staff.effort_scale, rel=1e-4)


def test_a_route_that_few_deals_took_has_no_strategy_of_its_own() -> None:
    fit = two_ways()
    few = [replace(each, entered=dict.fromkeys(each.entered, 8)) for each in fit.routes[1].steps]
    study = load(
        read_text(text_of(replace(fit, routes=(fit.routes[0], replace(fit.routes[1], steps=tuple(few))))), "w")
    )
    assert list(study.strategies) == ["as_is", "only_phone"]


def test_one_way_to_sell_needs_no_caution_and_no_other_strategy() -> None:
    text = text_of(one_way())
    assert list(load(read_text(text, "written")).strategies) == ["as_is"]
    assert "CAUTION" not in text


def test_several_ways_come_with_a_caution_that_they_got_different_deals() -> None:
    assert "CAUTION: the routes got different deals" in text_of(two_ways())


def test_the_horizon_begins_in_the_month_after_the_exports_last() -> None:
    # 2024-01-01 + 911 days = 2026-06-30
    assert data_of(text_of(two_ways()))["horizon"]["start"] == dt.date(2026, 7, 1)
    december = replace(two_ways().export, cutoff_day=711.5)  # 2025-12-12
    assert data_of(text_of(two_ways(export=december)))["horizon"]["start"] == dt.date(2026, 1, 1)
    whole = replace(two_ways().export, cutoff_day=731.0)  # the whole of 2025-12-31 is in it
    assert data_of(text_of(two_ways(export=whole)))["horizon"]["start"] == dt.date(2026, 1, 1)


def test_an_export_without_dates_takes_its_volume_from_the_template_and_says_so() -> None:
    fit = two_ways(sources=(), export=replace(two_ways().export, origin=None, cutoff_day=0.0))
    text = text_of(fit)
    sources = data_of(text)["sources"]
    total = sum(each["leads_per_month"] for each in sources.values())
    assert sources["web"]["leads_per_month"] / total == pytest.approx(0.7, abs=0.01)
    assert total == pytest.approx(400 * 0.24 * 0.6, rel=0.02)  # the template's leads that become opportunities
    assert all("assumed" in line for line in lines_with(text, "leads_per_month"))


def test_an_export_that_names_no_sources_has_one_for_all() -> None:
    fit = two_ways(
        sources=(), source_shares={}, export=replace(two_ways().export, sources=(), origin=None, cutoff_day=0.0)
    )
    sources = data_of(text_of(fit))["sources"]
    assert list(sources) == ["deals"]
    assert sources["deals"]["mix"] == pytest.approx({"small": 0.6, "large": 0.4})


def test_an_export_without_amounts_takes_deal_values_from_the_template_and_says_so() -> None:
    text = text_of(two_ways(values={}))
    assert all("assumed (template midmarket_software, segments." in line for line in lines_with(text, "deal_value"))


def test_words_of_the_export_cannot_break_the_text() -> None:
    export = replace(two_ways().export, labels={"small": "a\nb: [c\x07", "web": "#"}, files=("x\n: y.csv",))
    assert load(read_text(text_of(two_ways(export=export)), "written")).scenario.name == "x : y, calibrated"


def test_pay_in_another_currency_is_said_aloud() -> None:
    fit = two_ways(export=replace(two_ways().export, currency="EUR"))
    assert any("EUR" in note and "USD" in note for note in draft_of(fit, find_template("smb_saas")).notes)


def test_the_same_fit_gives_the_same_bytes() -> None:
    assert write_scenario(two_ways()).text == write_scenario(two_ways()).text


def test_a_template_may_be_a_file_and_a_wrong_name_is_told(tmp_path: Any) -> None:
    own = tmp_path / "ours.yaml"
    own.write_text(text_of(two_ways()))
    assert "assumed (template ours, " in text_of(two_ways(), str(own))
    with pytest.raises(UserError, match="--template midmarket: no template and no file of that name; did you mean"):
        find_template("midmarket")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(28134.4, 3, "28100"), (0.31249, 4, "0.3125"), (12.0, 4, "12"), (-0.00001, 1, "-0.00001"), (0, 3, "0")],
)
def test_numbers_are_rounded_to_what_they_are_worth(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


def test_a_belief_that_reaches_beyond_what_is_possible_is_written_as_one_that_does_not() -> None:
    assert figure(amount(60.0, 0.5, dist="normal"), least=0) == "{uncertain: {dist: lognormal, mean: 60, sd: 30}}"
    assert (
        figure(amount(0.2, 0.5, dist="normal"), least=0, most=1) == "{uncertain: {dist: beta, mean: 0.2, sd: 0.1}}"
    )
    assert figure(exactly(0.25), 0, 1) == "0.25"
    assert figure(share(1.0), 0, 1) == "1"


def test_rounded_shares_add_up() -> None:
    assert sum(shares({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}).values()) == pytest.approx(1, abs=1e-12)
