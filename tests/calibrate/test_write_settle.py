"""A settled scenario keeps deals in its steps as long as the export did, and sends them the same ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_fits import empirical, route_fit, spread, step, two_ways

from channelsim.calibrate.writing.cells import Days
from channelsim.calibrate.writing.draft import draft_of
from channelsim.calibrate.writing.rehearsal import simulated
from channelsim.calibrate.writing.settle import Settled, _buyers_days, settle
from channelsim.calibrate.writing.stays import LOST_OTHERWISE, Enough, stays_of
from channelsim.calibrate.writing.template import find_template
from channelsim.calibrate.writing.write import routing_rules, scenario_text
from channelsim.engine.trace import Happening
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_text
from channelsim.scenario.schema import IMPLICIT_STRATEGY


@pytest.fixture(scope="module")
def settled() -> Settled:
    return settle(draft_of(two_ways(), find_template("midmarket_software")), scenario_text)


def test_settled_days_are_the_exports_where_unsettled_ones_are_not(settled: Settled) -> None:
    assert len(settled.rows) == 9
    for row in settled.rows:
        assert abs(row.after_mean - row.wanted_mean) < max(4 * row.after_error, 0.03 * row.wanted_mean)
        assert row.after_sd == pytest.approx(row.wanted_sd, rel=0.15)
        assert row.is_close
    by_phone = next(row for row in settled.rows if row.cell.step == "close" and row.cell.route == "phone")
    assert by_phone.before_mean > by_phone.wanted_mean + 3  # the second call comes days after the first


def test_those_who_cool_are_made_up_for_so_that_as_many_go_on_as_in_the_export(settled: Settled) -> None:
    stays = simulated(settled.draft, scenario_text)
    assert settled.draft.kept
    for route in settled.draft.fit.routes:
        for each in route.steps:
            for segment, estimate in each.advance.items():
                found = stays.of(route.name, each.step, (segment,))["ending"].drop_nulls()
                went_on = float((found == int(Happening.ADVANCED)).mean() or 0)
                error = np.sqrt(estimate.value * (1 - estimate.value) / len(found))
                assert went_on == pytest.approx(estimate.value, abs=4 * error + 0.01)


def test_what_was_raised_says_from_what(settled: Settled) -> None:
    text = scenario_text(settled.draft)
    assert "raised from 0.55 for the" in text


def test_simulated_deals_go_the_ways_that_the_exports_went(settled: Settled) -> None:
    scenario = load(read_text(scenario_text(settled.draft), "the scenario"), only=[IMPLICIT_STRATEGY]).strategies[
        IMPLICIT_STRATEGY
    ]
    rows = stays_of(scenario, 31, 365, 1, Enough(stays=20_000, in_a_step=0, runs=1, most_runs=24)).rows
    first = rows.filter(rows["step"] == "demo")
    for segment, field in (("small", 0.2), ("large", 0.7)):
        of_segment = first.filter(first["segment"] == segment)
        share = float((of_segment["route"] == "field").mean() or 0)
        assert share == pytest.approx(field, abs=4 * np.sqrt(0.25 / len(of_segment)))


def test_shares_of_later_rules_are_of_those_who_get_there() -> None:
    fit = two_ways()
    from made_fits import share

    from channelsim.calibrate.estimates import RouteShare
    from channelsim.calibrate.records import Route

    third = replace(fit.routes[1], name="partner")
    export = replace(
        fit.export, routes=(*fit.export.routes, Route("partner", "Partner", "hybrid", ("demo", "close")))
    )
    ways = {"phone": share(0.5), "field": share(0.3), "partner": share(0.2)}
    routing = (RouteShare("small", ways), RouteShare("large", {"partner": share(1.0)}))
    fit = replace(fit, export=export, routes=(*fit.routes, third), routing=routing)
    rules = [rule for rule, _ in routing_rules(draft_of(fit, find_template("midmarket_software")))]
    assert rules == [
        "{when: {segment: small, share: 0.3}, motion: field}",
        "{when: {segment: small, share: 0.2857}, motion: partner}",  # 0.2 of the 0.7 left
        "{when: {segment: large}, motion: partner}",
        "{motion: phone}",
    ]


def test_where_the_work_alone_takes_longer_nothing_is_left_for_buyers_and_it_is_said() -> None:
    # a visit of hours, for which a rep waits, cannot be over in two hours
    fit = two_ways()
    quick = [step("demo", {"small": 0.5, "large": 0.5}, spread(0.08, 0.5), spread(30.0)), fit.routes[1].steps[1]]
    fit = replace(fit, routes=(fit.routes[0], route_fit("field", quick)))
    found = settle(draft_of(fit, find_template("midmarket_software")), scenario_text)
    row = next(row for row in found.rows if row.is_least)
    assert (row.cell.route, row.cell.step, row.cell.outcome) == ("field", "demo", "yes")
    assert found.draft.days[row.cell] == Days("constant", 0.0, 0.0, 0.0)
    assert any(
        "field/demo: deals in the export that went on spent 0.1 days there" in each for each in found.sentences
    )


def test_means_and_variances_of_what_the_work_leaves_are_worked_out() -> None:
    # 4 days of work on average with variance 4; wanted 10 days, variance 40: buyers have 6, variance 36, cv 1.
    work = np.array([2.0, 6.0])
    wanted = Days("gamma", 10.0, 0.5, np.sqrt(40) / 10)
    days, is_least = _buyers_days(wanted, work, np.zeros(0), 0.0)
    assert (days.family, days.mean, days.mean_sd, is_least) == ("gamma", pytest.approx(6), 0.5, False)
    assert days.cv == pytest.approx(1)


def test_days_of_those_who_cool_are_taken_out_of_the_days_until_no() -> None:
    # A quarter of losses cool after 2 days; all losses take 8 on average, so the others take 10, 1 of it work.
    days, _ = _buyers_days(Days("lognormal", 8.0, 0.0, 1.0), np.array([1.0]), np.array([2.0]), 0.25)
    assert days.mean == pytest.approx(9)


def test_equally_likely_values_are_corrected_quantile_by_quantile_and_never_below_0() -> None:
    wanted = Days("empirical", 8.5, 0.0, 1.0, (1.0, 3.0, 10.0, 20.0))
    days, _ = _buyers_days(wanted, np.array([2.0]), np.zeros(0), 0.0)
    assert days.values == pytest.approx((0.0, 1.0, 8.0, 18.0), abs=0.5)
    assert min(days.values) >= 0


def test_losses_that_are_no_answers_are_told_apart_from_answers() -> None:
    assert Happening.DECLINED not in LOST_OTHERWISE
    assert Happening.COOLED in LOST_OTHERWISE


def test_values_that_are_no_family_come_out_with_their_quantiles() -> None:
    fit = two_ways()
    values = [1.5, 2, 2.5, 3, 4, 30, 32, 35, 38, 40]  # quick or slow, nothing between
    steps = (replace(fit.routes[0].steps[0], if_yes=dict.fromkeys(("small", "large"), empirical(values))),)
    fit = replace(fit, routes=(route_fit("phone", (*steps, fit.routes[0].steps[1])), fit.routes[1]))
    found = settle(draft_of(fit, find_template("midmarket_software")), scenario_text)
    stays = simulated(found.draft, scenario_text).of("phone", "demo")
    days = stays.filter(stays["ending"] == int(Happening.ADVANCED))["days"].to_numpy()
    assert np.quantile(days, [0.25, 0.75]) == pytest.approx([2.5, 35], rel=0.15)
