"""Queues whose behaviour is known: the engine must show it, within confidence intervals of 99.9%.

A test a scenario file, so that they spread over workers. The fast engine simulates them; that the reference engine
gives the same events is tested on the same programs.
"""

from __future__ import annotations

import pytest

from channelsim.engine import fast, reference
from channelsim.scenario.load import load
from channelsim.scenario.templates import template_folder
from channelsim.verification.engines import compare_engines
from channelsim.verification.measured import Interval, program_of, ratio
from channelsim.verification.queues import CHECKS, Finding
from channelsim.verification.theory import erlang_a, erlang_c, pollaczek_khinchine

SCENARIOS = sorted(path.stem for path in (template_folder() / "theory").glob("*.yaml"))


def test_formulas_give_the_published_figures() -> None:
    assert erlang_c(10, 3, 4) == pytest.approx(0.6577, abs=5e-5)
    assert erlang_c(10, 3, 4) / (12 - 10) == pytest.approx(0.3289, abs=5e-5)
    for arrivals, figures in {
        10: (0.5061, 0.0886, 0.7595),
        12: (0.6797, 0.1444, 0.8556),
        15: (0.8669, 0.2439, 0.9452),
    }.items():
        theory = erlang_a(arrivals, 3, 4, 1)
        assert (theory.waits, theory.abandons, theory.utilization) == pytest.approx(figures, abs=5e-5)
    # M/M/1 and M/D/1 are its special cases.
    assert pollaczek_khinchine(5, 0.1, 1) == pytest.approx(0.1)
    assert pollaczek_khinchine(5, 0.1, 0) == pytest.approx(0.05)


@pytest.mark.parametrize("name", CHECKS)
def test_the_engine_behaves_as_theory_says(name: str) -> None:
    for finding in CHECKS[name].findings(fast.simulate):
        assert finding.is_right, finding


def test_every_scenario_of_theory_is_checked() -> None:
    assert sorted(CHECKS) == SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_reference_engine_gives_the_same_queues(name: str) -> None:
    for strategy in load(template_folder() / "theory" / f"{name}.yaml").strategies:
        program = program_of(name, strategy, ["horizon.months=2"])
        found = compare_engines(program, 1, 0, reference.simulate, fast.simulate)
        assert found.is_right
        assert len(found.reference_hours) > 10_000


@pytest.mark.parametrize(
    ("simulated", "narrow", "mistakes"),
    [
        (Interval(1.3, 0.2), 0.3, {}),  # theory is outside
        (Interval(1.0, 0.4), 0.3, {}),  # too wide to tell
        (Interval(1.0, 0.2), 0.3, {"half": 0.9}),  # a mistake would look the same
    ],
)
def test_a_finding_can_fail(simulated: Interval, narrow: float, mistakes: dict[str, float]) -> None:
    assert Finding("wait", 1.0, Interval(1.1, 0.2), 0.3, {"half": 0.5}).is_right
    assert not Finding("wait", 1.0, simulated, narrow, mistakes).is_right


def test_a_ratio_of_batches_has_the_interval_of_the_delta_method() -> None:
    # Ratio 2; deviations 1, -1, 0; error sqrt(3/2 x 2) / 6 = 0.2887; t(2) at 99.95% is 31.599.
    found = ratio([5, 3, 4], [2, 2, 2])
    assert found.mean == pytest.approx(2)
    assert found.half_width == pytest.approx(31.599 * 0.28868, rel=1e-4)
