"""An optimisation of a small world, from its scenario to the winner, against every point tried one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from channelsim.experiment import optimize as module
from channelsim.experiment.finals import FinalRule
from channelsim.experiment.laboratory import Laboratory
from channelsim.experiment.optimize import Asked, Optimum, optimize
from channelsim.experiment.search import Ending
from channelsim.scenario.decide import Point
from channelsim.scenario.load import read
from worlds import NINE_TO_FIVE, source, step, team, world

LAST = 19
DECIDED = (f"teams.desk.headcount=0:{LAST}", f"teams.field.headcount=0:{LAST}")
ASKED = Asked(DECIDED, evaluations=40, replications=10, rule=FinalRule(finalists=4, most=50))


def company() -> dict[str, Any]:
    """Small deals by phone, large ones in person: too few reps lose leads, too many cost more than they bring."""
    return world(
        months=2,
        segments={"small": {"deal_value": 900.0}, "large": {"deal_value": 4000.0}},
        sources={"web": source(200.0, {"small": 0.7, "large": 0.3})},
        teams={
            "desk": team(4, hours=NINE_TO_FIVE, pay={"salary": 45_000.0}),
            "field": team(4, channel="outside", hours=NINE_TO_FIVE, pay={"salary": 80_000.0}),
        },
        motions={
            "phone": {"steps": {"call": step(effort_hours=8.0, advance=0.5, patience_hours=60.0)}},
            "visit": {"steps": {"meet": step("field", effort_hours=14.0, advance=0.6, patience_hours=90.0)}},
        },
        routing=[{"when": {"segment": "large"}, "motion": "visit"}, {"motion": "phone"}],
    )


def run(parent: Path, asked: Asked = ASKED, workers: int = 1) -> Optimum:
    return optimize(company(), asked, parent=parent, stem="small", workers=workers, tell=print)


def told(optimum: Optimum) -> list[tuple[Point, list[float]]]:
    """What was tried, and what came of it, to the last digit."""
    return [(each.point, each.figures[:, 0].tolist()) for each in optimum.found.trials]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Optimum:
    return run(tmp_path_factory.mktemp("once"))


def test_the_best_of_400_points_is_found_in_a_tenth_of_the_evaluations(once: Optimum, tmp_path: Path) -> None:
    space = once.question.space
    with Laboratory(
        read(company()), (), space, seed=1, parent=tmp_path, stem="all", workers=2, tell=print
    ) as laboratory:
        every = laboratory.evaluate(list(space.points()), 10)
        at = laboratory.figures.index("contribution")
    means = {point: float(np.mean(values[:, at])) for point, values in every.items() if not isinstance(values, str)}
    assert len(means) == (LAST + 1) ** 2 == 400
    assert len(once.found.trials) <= 40
    assert [each.point for each in once.found.front] == [max(means, key=lambda point: means[point])]


def test_the_winner_is_a_finalist_with_its_own_new_replications(once: Optimum) -> None:
    assert once.finals is not None
    assert once.finals.best in once.finals.trials
    assert once.finals.replications == 50
    assert len(once.finals.trials) == 4
    assert once.finals.gain(once.finals.best).ci_low > 0  # type: ignore[arg-type]


def test_the_number_of_workers_changes_nothing(once: Optimum, tmp_path: Path) -> None:
    assert told(run(tmp_path, workers=2)) == told(once)


def test_what_was_simulated_is_not_simulated_again(once: Optimum) -> None:
    again = run(once.store.parent)
    assert again.simulated == 0
    assert told(again) == told(once)


def test_after_an_interruption_the_same_command_ends_as_if_there_had_been_none(
    once: Optimum, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Laboratory):
        def evaluate(self, points: Sequence[Point], replications: int) -> Mapping[Point, NDArray[np.float64] | str]:
            if self.simulated > 150:
                raise KeyboardInterrupt
            return super().evaluate(points, replications)

    with monkeypatch.context() as here:
        here.setattr(module, "Laboratory", Interrupted)
        stopped = run(tmp_path)
    assert stopped.is_interrupted
    assert stopped.found.ending is Ending.INTERRUPTED
    assert stopped.finals is None
    whole = run(tmp_path)
    assert 0 < whole.simulated < once.simulated
    assert told(whole) == told(once)
    assert whole.finals is not None
    assert once.finals is not None
    assert [each.point for each in whole.finals.ranked] == [each.point for each in once.finals.ranked]


def test_a_bound_on_the_sum_of_headcounts_is_kept_on_its_edge(tmp_path: Path) -> None:
    bound = "teams.desk.headcount+teams.field.headcount<=8"
    found = run(tmp_path, Asked(DECIDED, subject_to=(bound,), evaluations=40, replications=10, rule=ASKED.rule))
    assert found.finals is not None
    assert found.finals.best is not None
    assert sum(found.finals.best.point) == 8


def test_a_point_that_makes_no_sound_scenario_costs_no_other(tmp_path: Path) -> None:
    plan = "teams.desk.headcount=2,3,{0: 2, 1: 3}"
    asked = Asked((plan, "teams.field.headcount=1:3"), evaluations=12, replications=10, rule=ASKED.rule)
    found = run(tmp_path, asked)
    assert len(found.found.trials) == 9 + 1
    assert found.finals is not None
