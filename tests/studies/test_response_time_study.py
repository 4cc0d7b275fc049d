"""The study of response time: what it reads from traces, that its experiment is one, and that ratios come apart."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

import channelsim as cs
from channelsim.engine.fast import simulate
from channelsim.engine.ledger import Amount, Count
from channelsim.engine.trace import Event, Happening, Trace, lead_id
from channelsim.errors import RunError
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.report.style import png_bytes
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import DAYS_OPEN, hour_of
from studies.crm import Records, records_from, records_of
from studies.response_time.charts import charts
from studies.response_time.experiment import (
    AT_ONCE_HOURS,
    COOLINGS,
    DAMPED,
    DIALLING,
    FACE_VALUE,
    NOT_COOLING,
    SCENARIO,
    World,
    measured,
    months_measured,
    pairs,
    scenario_of,
    worlds,
)
from studies.response_time.findings import (
    AT_ONCE,
    OPPORTUNITY,
    OUTCOMES,
    SLOW,
    decomposition,
    mix,
    promise,
    rates,
    rates_by_mix,
    same_mix,
    shares,
    totals_of,
)
from studies.response_time.tables import Study, tables

PAID_HOURS_A_WEEK = 840
HOURS_A_WEEK_OF_ONE = 40
DEARER_HOURS = 0.25
ALL_WEEK = 168


@cache
def leads(world: World, replication: int = 0) -> Records:
    return measured(scenario_of(world), replication, 1, world.forced_hours)


def test_what_the_crm_holds_of_three_leads() -> None:
    """One is reached by the second dial and becomes an opportunity, one is called once in vain, one never."""
    layout = layout_of(scenario_of(World()))
    first, second, third = (lead_id(0, ordinal) for ordinal in range(3))
    trace = Trace()
    for time, happening, lead, step in (
        (1.0, Happening.ARRIVED, first, 0),
        (2.0, Happening.ARRIVED, second, 0),
        (2.5, Happening.TOUCH_STARTED, second, 0),
        (2.6, Happening.NOT_REACHED, second, 0),
        (3.0, Happening.TOUCH_STARTED, first, 0),
        (3.1, Happening.NOT_REACHED, first, 0),
        (4.0, Happening.ARRIVED, third, 0),
        (5.0, Happening.TOUCH_STARTED, first, 0),
        (5.1, Happening.TOUCH_DONE, first, 0),
        (5.1, Happening.ENTERED, first, 1),
        (5.2, Happening.TOUCH_STARTED, first, 1),
        (5.3, Happening.TOUCH_DONE, first, 1),
        (6.0, Happening.ENTERED, first, 2),
    ):
        trace.event(Event(time, happening, lead, 0, step, -1, 0.0))
    found = records_from(trace, layout, ["website", "paid_search", "social"], "contact", "close")
    assert found.lead.tolist() == [first, second, third]
    assert found.response_hours[:2] == pytest.approx([2.0, 0.5])
    assert math.isnan(found.response_hours[2])
    assert found.reached_at_once.tolist() == [False, False, False]
    assert found.contacted.tolist() == [True, False, False]
    assert found.opportunity.tolist() == [True, False, False]


def test_the_crm_adds_up_to_the_ledger() -> None:
    scenario = scenario_of(World())
    ledger = simulate(compile_program(scenario), 1, 0)
    found = records_of(scenario, 0, 1, DIALLING)
    called = ~np.isnan(found.response_hours)
    assert len(found.lead) == ledger.counts[Count.ARRIVED].sum()
    assert called.sum() == ledger.counts[Count.RESPONDED].sum()
    assert found.response_hours[called].sum() == pytest.approx(ledger.amounts[Amount.RESPONSE_HOURS].sum())
    assert found.contacted.sum() == ledger.counts[Count.CONTACTED].sum()
    assert found.opportunity.sum() == ledger.counts[Count.OPPORTUNITIES].sum()


def test_every_way_to_staff_pays_the_same_hours_at_the_prices_that_the_scenario_tells() -> None:
    for name, scenario in load(SCENARIO).strategies.items():
        team = scenario.teams["responders"]
        hours, dearer = weekly_hours(scenario)
        assert team.headcount * hours == PAID_HOURS_A_WEEK, name
        people = hours / HOURS_A_WEEK_OF_ONE
        assert team.pay.salary == pytest.approx(60_000 * people * (1 + DEARER_HOURS * dearer / hours)), name


def weekly_hours(scenario: Scenario) -> tuple[float, float]:
    """Hours a week of the responders, and those of them outside Monday to Friday, 8 to 18."""
    hours = scenario.teams["responders"].hours
    if isinstance(hours, str):
        return ALL_WEEK, ALL_WEEK - 50
    opened, closed, days = hour_of(hours.open), hour_of(hours.close), DAYS_OPEN[hours.days]
    usual = 5 * (min(closed, 18) - max(opened, 8))
    return days * (closed - opened), days * (closed - opened) - usual


def test_the_experiment_calls_the_same_leads_exactly_when_it_says() -> None:
    seen, forced = leads(World()), leads(World(forced_hours=8.0))
    assert np.array_equal(seen.lead, forced.lead)
    assert np.array_equal(seen.arrived, forced.arrived)
    assert forced.response_hours == pytest.approx(np.full(len(forced.lead), 8.0))


def test_an_experiment_in_which_somebody_waits_is_refused() -> None:
    with pytest.raises(RunError, match="not called after exactly 8 hours"):
        measured(scenario_of(World()), 0, 1, 8.0)


def test_leads_that_do_not_cool_fare_the_same_whenever_they_are_called() -> None:
    at_once, late = (leads(World(cooling=NOT_COOLING, forced_hours=at)) for at in (AT_ONCE_HOURS, 48.0))
    for outcome in ("reached_at_once", "contacted", "opportunity"):
        assert np.array_equal(getattr(at_once, outcome), getattr(late, outcome))


@pytest.mark.parametrize("cooling", [DAMPED, FACE_VALUE])
def test_a_lead_that_the_late_dial_reaches_the_early_one_reaches_too(cooling: str) -> None:
    early, late = (leads(World(cooling=cooling, forced_hours=at)).reached_at_once for at in (AT_ONCE_HOURS, 48.0))
    assert not np.any(late & ~early)
    assert early.sum() > 1.5 * late.sum()


def test_other_leads_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="different leads"):
        list(pairs([leads(World())], [leads(World(), replication=1)]))


def totals(cooling: str = DAMPED) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    crm = [leads(World(cooling=cooling), each) for each in range(2)]
    at_once = [leads(World(cooling=cooling, forced_hours=AT_ONCE_HOURS), each) for each in range(2)]
    return totals_of(crm, at_once, 3)


def test_the_ratio_is_the_product_of_its_parts() -> None:
    for outcome in OUTCOMES:
        parts = decomposition(totals(), outcome)
        product = parts["selection"].value * parts["cooling"].value * parts["rest"].value
        assert parts["raw"].value == pytest.approx(product)


def test_where_leads_do_not_cool_the_whole_ratio_is_who_they_are() -> None:
    parts = decomposition(totals(NOT_COOLING), OPPORTUNITY)
    assert parts["cooling"].value == parts["rest"].value == 1
    assert parts["raw"].value == parts["selection"].value > 1.1


def test_the_first_dial_within_five_minutes_is_as_good_as_at_once() -> None:
    """The curves are flat up to five minutes."""
    for cooling in COOLINGS:
        assert decomposition(totals(cooling), AT_ONCE)["rest"].value == pytest.approx(1)


def test_shares_and_rates_by_hand() -> None:
    """One replication: of 40 fast leads 20 are of source 0 and win 10, 20 of source 1 and win 4; of 60 slow ones 15
    of source 0 win 6, 45 of source 1 win 3. Rates 14/40 and 9/60; with the sources at 35 and 65 of 100 for both,
    0.305 and 0.183. Among the slow 1/4 are of source 0: the fast would win 0.275 in that mix: 11/6 times."""
    table = np.zeros((1, 6, 2, 7))
    table[0, 0, :, 0], table[0, 0, :, 3] = (20, 20), (10, 4)
    table[0, 5, :, 0], table[0, 5, :, 3] = (15, 45), (6, 3)
    twice = np.repeat(table, 2, axis=0)
    assert [each.value for each in shares(twice)] == pytest.approx([0.4, 0, 0, 0, 0, 0.6])
    assert [each.value for each in mix(twice, SLOW)] == pytest.approx([0.25, 0.75])
    seen = rates(twice, OPPORTUNITY)
    assert (seen[0].value, seen[5].value) == pytest.approx((14 / 40, 9 / 60))
    assert math.isnan(seen[1].value)
    fair = rates_by_mix(twice, OPPORTUNITY)
    assert (fair[0].value, fair[5].value) == pytest.approx((0.35 * 0.5 + 0.65 * 0.2, 0.35 * 0.4 + 0.65 / 15))
    assert same_mix(twice, OPPORTUNITY).value == pytest.approx((0.25 * 0.5 + 0.75 * 0.2) / 0.15)
    assert promise(twice, 2.0).value == pytest.approx((14 / 40 * 100 - 23) / 2)


def test_tables_and_charts_are_made(capsys: pytest.CaptureFixture[str]) -> None:
    crms = {
        world: [leads(World(cooling=world.cooling, forced_hours=None if world.forced_hours is None else 0.0), each)
                for each in range(2)]
        for world in worlds(list(load(SCENARIO).strategies))
    }  # fmt: skip
    months = months_measured(scenario_of(World()))
    assert months == pytest.approx(4, abs=0.1)
    study = Study(crms, cs.run(SCENARIO, replications=2).result, months, 3)
    for table in tables(study):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.title
        assert "nan" not in table.markdown()
    for figure in charts(study, "test").values():
        assert png_bytes(figure).startswith(b"\x89PNG")
