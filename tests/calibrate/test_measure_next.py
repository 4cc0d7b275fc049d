"""What to measure next: the assumed and the estimated numbers of a written scenario, and what they do."""

from __future__ import annotations

import pytest
from made_fits import two_ways
from shown_fits import TWO_WAYS_TEXT, written_for

from channelsim.calibrate.checking.measure_next import SPREAD, Together, parameters_of, what_to_measure
from channelsim.scenario.load import Study, load
from channelsim.scenario.reader import read_text

FIT = two_ways()
TEXT = written_for(FIT).text


@pytest.fixture(scope="module")
def study() -> Study:
    return load(read_text(TEXT, "made"))


def test_what_was_assumed_moves_a_quarter_and_what_was_estimated_is_not_among_it(study: Study) -> None:
    found = [each for each in parameters_of(FIT, study) if not each.is_belief]
    names = [each.name for each in found]
    assert "gross margin" in names
    assert "effort, inside" in names
    assert "pay, outside" in names
    assert not [name for name in names if name.startswith(("yes at", "deal value", "leads per", "days buyers"))]
    pay = found[names.index("pay, outside")]
    assert [pay.value(share) for share in pay.ends] == [1 - SPREAD, 1 + SPREAD]


def test_a_share_stays_a_share_when_it_goes_up(study: Study) -> None:
    (margin,) = (each for each in parameters_of(FIT, study) if each.name == "gross margin")
    assert margin.label(margin.value(1.0)) == "1"  # 0.8 x 1.25


def test_what_was_estimated_together_moves_together(study: Study) -> None:
    found = {each.name: each for each in parameters_of(FIT, study) if isinstance(each, Together)}
    step = found["share that goes on at demo (phone)"]
    assert [each.path.rpartition(".")[2] for each in step.members] == ["small", "large"]
    low, high = (dict(step.changes(share)) for share in step.ends)
    assert all(low[path] < high[path] for path in low)
    assert step.label(step.value(0.05)) == "5% quantile"
    assert "deal value, small" in found
    assert "deals a month, web" in found
    alone = found["deal size factor (phone)"]
    # 0.95 with a relative standard deviation of 3%: its 5% quantile lies 1.6 of these below
    assert alone.value(0.05) == pytest.approx(0.95 * (1 - 1.645 * 0.03), abs=0.002)


def test_it_ranks_and_says_what_knowing_is_worth() -> None:
    found = what_to_measure(FIT, TWO_WAYS_TEXT, "made", size=2, replications=4)
    assert found is not None
    # of 180 leads in 3 months the field wins 72 more, which are 72,000; it costs 3 x 80,000 x 3 / 12 = 60,000 more
    assert found.question.replications == 4
    bars = found.findings.bars
    assert bars[0].swing.mean != 0
    sizes = [abs(bar.swing.mean) for bar in bars]
    assert sizes == sorted(sizes, reverse=True)
    names = [bar.parameter.name for bar in bars]
    assert {"share that goes on at close (phone)", "pay, cheap", "pay, dear"} <= set(names)
    # a share known to 0.1 is worth more than one known to 0.01
    assert names.index("share that goes on at close (phone)") < names.index("share that goes on at close (field)")
    # a quarter of the field's pay is 16,875, more than the 12,000 by which it leads
    assert bars[names.index("pay, dear")].flips
    assert not bars[names.index("pay, cheap")].flips
    again = what_to_measure(FIT, TWO_WAYS_TEXT, "made", size=2, replications=4)
    assert again is not None
    assert [bar.readings for bar in again.findings.bars] == [bar.readings for bar in bars]
