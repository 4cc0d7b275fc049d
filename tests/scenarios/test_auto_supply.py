"""The wholesaler's scenario against the sample that it is made from."""

from __future__ import annotations

import math
import sys
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from channelsim.engine.reference import simulate
from channelsim.engine.trace import LEAD_SHIFT, Happening, Trace
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario

SCENARIO = "scenarios/auto_supply.yaml"
SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "ibm_sales_win_loss.csv.zip"
CHANNELS = {"inside": ("inside_only", "phone"), "outside": ("outside_only", "field")}
SIZES = range(1, 8)
REPLICATIONS = 2

# Of the sample: opportunities and share won by size, and median days of deals won and lost, by channel.
SAMPLED = {
    "inside": ((868, 619, 439, 575, 541, 84, 23), (0.382, 0.155, 0.155, 0.083, 0.074, 0.095, 0.087), 3, 10),
    "outside": (
        (4689, 4224, 3790, 6312, 12983, 3590, 1642), (0.400, 0.281, 0.258, 0.156, 0.085, 0.136, 0.177), 6, 13,
    ),
}  # fmt: skip
HEADINGS = (
    "Route To Market,Opportunity Result,Opportunity Amount USD,Total Days Identified Through Closing,"
    "Deal Size Category,Ratio Days Identified To Total Days,Ratio Days Validated To Total Days,"
    "Ratio Days Qualified To Total Days\n"
)
ERROR = 1e-4
"""Chance that a sound scenario fails the test of win rates: all fourteen intervals hold together (Bonferroni)."""


def resolved(channel: str) -> Scenario:
    strategy, _ = CHANNELS[channel]
    return load(SCENARIO, only=[strategy]).strategies[strategy]


@cache
def closed_deals(channel: str) -> list[tuple[int, bool, float]]:
    """Size, whether it was won, and days from arrival to the end, of every simulated deal that closed."""
    program = compile_program(resolved(channel))
    deals = []
    for replication in range(REPLICATIONS):
        trace = Trace()
        simulate(program, 1, replication, trace)
        arrived = {}
        for event in trace.events:
            if event.happening == Happening.ARRIVED:
                arrived[event.lead] = event.time
            elif event.happening in (Happening.WON, Happening.DECLINED):
                days = (event.time - arrived[event.lead]) / 24
                deals.append(((event.lead >> LEAD_SHIFT) + 1, event.happening == Happening.WON, days))
    return deals


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_size_is_won_as_often_as_in_the_sample(channel: str) -> None:
    rows, shares, _, _ = SAMPLED[channel]
    closed = Counter(size for size, _, _ in closed_deals(channel))
    won = Counter(size for size, is_won, _ in closed_deals(channel) if is_won)
    z = norm.isf(ERROR / 2 / (len(CHANNELS) * len(SIZES)))
    for size in SIZES:
        sampled, simulated = shares[size - 1], won[size] / closed[size]
        pooled = (sampled * rows[size - 1] + won[size]) / (rows[size - 1] + closed[size])
        error = math.sqrt(pooled * (1 - pooled) * (1 / rows[size - 1] + 1 / closed[size]))
        assert abs(simulated - sampled) < z * error, f"size {size}: {simulated:.3f} of {closed[size]}"


@pytest.mark.parametrize("channel", CHANNELS)
def test_deals_take_as_long_as_in_the_sample(channel: str) -> None:
    _, _, days_won, days_lost = SAMPLED[channel]
    taken = defaultdict(list)
    for _, is_won, days in closed_deals(channel):
        taken[is_won].append(days)
    for is_won, sampled in ((True, days_won), (False, days_lost)):
        assert np.median(taken[is_won]) == pytest.approx(sampled, rel=0.15, abs=0.5)


OTHER_FILES = {
    "nothing in it": ({}, "there is no file in it"),
    "another table": ({"x.csv": "a,b\n1,2\n"}, "x.csv in it has no column 'Route To Market'"),
    "no lines": ({"x.csv": HEADINGS}, "of x.csv in it does not hold numbers alone"),
    "words": ({"x.csv": f"{HEADINGS}Telesales,Won,many,5,1,0.1,0.1,0.1\n"}, "does not hold numbers alone"),
    "one line": ({"x.csv": f"{HEADINGS}Telesales,Won,5,5,1,0.1,0.1,0.1\n"}, "its 1 opportunities are too few"),
}


@pytest.mark.parametrize(("members", "words"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_another_zip_is_refused_in_words(
    members: dict[str, str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    monkeypatch.setattr(sys, "path", ["scenarios", *sys.path])
    monkeypatch.setattr(sys, "argv", ["derive_auto_supply.py", str(other)])
    from derive_auto_supply import main

    assert main() == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{other}: not the zipped sample 'Sales Win Loss': ")
    assert words in told


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not at hand")
def test_its_figures_are_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["scenarios", *sys.path])
    from derive_auto_supply import STAGES, derive

    figures = derive(SAMPLE)
    for channel, (_, motion) in CHANNELS.items():
        scenario = resolved(channel)
        rows, shares, days_won, days_lost = SAMPLED[channel]
        assert (figures.median_days[channel, True], figures.median_days[channel, False]) == (days_won, days_lost)
        (source,) = scenario.sources.values()
        for size in SIZES:
            segment = scenario.segments[f"size_{size}"]
            assert source.mix[f"size_{size}"] == figures.mix[size]
            assert segment.deal_value.mean == figures.amount_mean[size]
            assert segment.deal_value.cv == figures.amount_cv[size]
            assert figures.rows[channel, size] == rows[size - 1]
            assert round(figures.win_rate[channel, size], 3) == shares[size - 1]
            through = math.prod(scenario.motions[motion].steps[stage].advance[f"size_{size}"] for stage in STAGES)
            assert through == pytest.approx(figures.win_rate[channel, size], abs=2e-4)
        for stage in STAGES:
            step = scenario.motions[motion].steps[stage]
            assert step.advance == {f"size_{size}": rate for size, rate in figures.advance[channel, stage].items()}
            assert step.buyer_days.values == figures.days_if_yes[channel, stage]
            assert step.buyer_days_if_no.values == figures.days_if_no[channel, stage]
