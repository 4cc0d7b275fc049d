"""The search, on worlds of which the best point is known: stubs that answer at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from channelsim.errors import UserError
from channelsim.experiment.finals import FinalRule, Finals, finals
from channelsim.experiment.search import Ending, Found, Search, rungs, worth
from channelsim.experiment.stopping import Reason
from channelsim.experiment.trials import Question, Trial, constraints_of, goals_of
from channelsim.finance.definitions import metrics_for
from channelsim.scenario.decide import Point, load_space
from channelsim.scenario.load import read
from worlds import source, team, world

FloatArray = NDArray[np.float64]
FIGURES = ("contribution", "bookings", "cost_total", "won")
TEAMS = ("desk", "field")
MOST = 1_000


def question(
    last: int = 20,
    evaluations: int = 44,
    *,
    maximize: Sequence[str] = (),
    minimize: Sequence[str] = (),
    subject_to: Sequence[str] = (),
    more: Sequence[str] = (),
    seed: int = 1,
    replications: int = 90,
) -> Question:
    tree = read(world(teams={name: team(1) for name in TEAMS}, sources={"web": source(30.0)}))
    decided = [f"teams.{name}.headcount=0:{last}" for name in TEAMS]
    space = load_space(tree, [*decided, *more], [], tree, None)
    metrics = metrics_for(TEAMS)
    return Question(
        space,
        goals_of(maximize, minimize, "contribution", metrics),
        constraints_of(subject_to, space, metrics),
        FIGURES,
        metrics,
        evaluations,
        replications,
        seed,
    )


class Company:
    """Two teams with diminishing returns, on common luck and some of each point's own."""

    def __init__(self, question: Question, own_luck: float = 15.0) -> None:
        self.question, self.own_luck = question, own_luck
        self.asked: dict[Point, int] = {}
        self.luck = 30.0 * np.random.default_rng(5).normal(size=MOST)

    def means(self, point: Point) -> tuple[float, float]:
        """Bookings and cost."""
        desk, field, *_ = self.question.space.values(point).values()
        bookings = 1200 * (1 - np.exp(-desk / 7)) + 1000 * (1 - np.exp(-field / 6))
        return bookings, 14.0 * desk + 30.0 * field

    def __call__(self, points: Sequence[Point], count: int) -> dict[Point, FloatArray | str]:
        found: dict[Point, FloatArray | str] = {}
        for point in points:
            self.asked[point] = max(self.asked.get(point, 0), count)
            bookings, cost = self.means(point)
            of_its_own = self.own_luck * np.random.default_rng([7, *point]).normal(size=MOST)
            brought = bookings + (self.luck + of_its_own)[:count]
            found[point] = np.column_stack([brought - cost, brought, np.full(count, cost), brought / 100])
        return found

    def best(self, keeps: Callable[[Point], bool] | None = None) -> Point:
        """The best of all points by the same replications, tried one by one."""
        everything = {
            point: self([point], self.question.replications)[point] for point in self.question.space.points()
        }
        means = {
            point: figures[:, 0].mean() for point, figures in everything.items() if keeps is None or keeps(point)
        }  # type: ignore[index, union-attr]
        return max(means, key=lambda point: means[point])


def search(asked: Question, company: Company) -> Found:
    return Search(asked, company).run()


def last_of(found: Found, company: Company, rule: FinalRule | None = None) -> Finals:
    *_, last = finals(found, company, rule or FinalRule())
    return last


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("own_luck", [5.0, 40.0])
def test_the_best_of_441_points_is_found_in_a_tenth_of_the_evaluations(seed: int, own_luck: float) -> None:
    asked = question(evaluations=44, seed=seed)
    company = Company(asked, own_luck)
    found = search(asked, company)
    assert len(company.asked) == len(found.trials) <= 44
    assert [each.point for each in found.front] == [company.best()]


def test_most_points_stop_after_few_replications() -> None:
    asked = question(last=40, evaluations=80)
    found = search(asked, Company(asked))
    counts = sorted(each.replications for each in found.trials)
    assert counts[len(counts) // 2] == 10
    assert found.replications < 80 * 90 / 2


def test_a_space_that_is_small_enough_is_tried_whole() -> None:
    asked = question(last=5, evaluations=36)
    company = Company(asked)
    found = search(asked, company)
    assert found.ending is Ending.ALL
    assert len(found.trials) == 36
    assert found.front[0].point == company.best()


def test_the_best_on_the_edge_of_a_bound_is_found() -> None:
    asked = question(subject_to=["teams.desk.headcount+teams.field.headcount<=14"])
    company = Company(asked)
    found = search(asked, company)
    assert all(sum(point) <= 14 for point in company.asked), "what breaks it for sure need not be simulated"
    best = company.best(lambda point: sum(point) <= 14)
    assert sum(best) == 14
    assert found.front[0].point == best


def test_a_bound_on_a_figure_is_learnt_from_simulation() -> None:
    asked = question(subject_to=["cost_total<=260"], evaluations=60)
    company = Company(asked)
    found = search(asked, company)
    assert found.front[0].point == company.best(lambda point: company.means(point)[1] <= 260)


def test_a_bound_on_a_chance_holds_for_the_best() -> None:
    asked = question(minimize=["cost_total"], subject_to=["P(bookings>=1500)>=0.8"], evaluations=60)
    company = Company(asked)
    found = search(asked, company)
    chosen = found.front[0]
    assert (chosen.figures[:, 1] >= 1500).mean() >= 0.8

    def keeps(point: Point) -> bool:
        return bool((company([point], 90)[point][:, 1] >= 1500).mean() >= 0.8)  # type: ignore[index]

    cheapest = min(company.means(point)[1] for point in asked.space.points() if keeps(point))
    assert company.means(chosen.point)[1] <= 1.03 * cheapest


def test_bounds_that_no_combination_can_keep_are_told_before_anything_runs() -> None:
    asked = question(subject_to=["teams.desk.headcount+teams.field.headcount<=-1"])
    company = Company(asked)
    with pytest.raises(UserError, match="no combination of the decisions keeps to"):
        search(asked, company)
    assert not company.asked


def test_where_nothing_keeps_to_a_bound_nothing_is_called_best() -> None:
    asked = question(subject_to=["bookings>=1e6"])
    company = Company(asked)
    found = search(asked, company)
    assert found.front == ()
    assert list(finals(found, company, FinalRule())) == []


def test_the_same_seed_asks_for_the_same_points_in_the_same_order() -> None:
    asked = question()
    one, two = (search(asked, Company(asked)) for _ in range(2))
    assert [each.point for each in one.trials] == [each.point for each in two.trials]
    other = search(question(seed=9), Company(asked))
    assert [each.point for each in one.trials] != [each.point for each in other.trials]


def test_ctrl_c_keeps_what_was_found() -> None:
    asked = question()

    class Impatient(Company):
        def __call__(self, points: Sequence[Point], count: int) -> dict[Point, FloatArray | str]:
            if len(self.asked) > 20:
                raise KeyboardInterrupt
            return super().__call__(points, count)

    found = search(asked, Impatient(asked))
    assert found.ending is Ending.INTERRUPTED
    assert found.front
    whole = search(asked, Company(asked))
    tried = [each.point for each in found.trials]
    assert [each.point for each in whole.trials][: len(tried)] == tried


def test_the_time_ends_a_search_too() -> None:
    asked = question()
    company = Company(asked)
    found = Search(asked, company, is_time_up=lambda: len(company.asked) >= 15).run()
    assert found.ending is Ending.TIME
    assert 15 <= len(found.trials) < 44


def test_a_point_that_cannot_be_simulated_costs_no_other() -> None:
    asked = question()

    class Shaky(Company):
        def __call__(self, points: Sequence[Point], count: int) -> dict[Point, FloatArray | str]:
            return {
                point: "the roof came down" if point[0] == 3 else figures
                for point, figures in super().__call__(points, count).items()
            }

    found = search(asked, Shaky(asked))
    assert found.front
    assert all(each.failure == "the roof came down" for each in found.trials if each.point[0] == 3)


def test_words_and_numbers_are_decided_together() -> None:
    asked = question(last=9, evaluations=60, more=["teams.desk.queue.discipline=oldest,newest,largest"])

    class Picky(Company):
        def means(self, point: Point) -> tuple[float, float]:
            bookings, cost = super().means(point)
            return bookings + 100.0 * (
                self.question.space.values(point)["teams.desk.queue.discipline"] == "largest"
            ), cost

    company = Picky(asked)
    assert search(asked, company).front[0].point == company.best()


def test_nobody_on_a_front_is_dominated_and_it_is_near_the_true_one() -> None:
    asked = question(last=9, evaluations=70, maximize=["bookings"], minimize=["cost_total"])
    company = Company(asked)
    found = search(asked, company)
    kept = [each.means for each in found.front]
    assert len(kept) >= 5
    assert not any((a >= b).all() and (a > b).any() for a in kept for b in kept)
    full = [each.means for each in found.trials if each.replications == 90]
    assert all(any((a >= b).all() for a in kept) for b in full)
    last = last_of(found, company)
    assert last.best is None
    means = [last.means(each) for each in last.front]
    assert not any((a >= b).all() and (a > b).any() for a in means for b in means)


def test_finalists_meet_leads_that_the_search_has_not_seen() -> None:
    asked = question()
    company = Company(asked)
    found = search(asked, company)
    last = last_of(found, company)
    best = last.best
    assert best is not None
    seen = found.front[0].figures
    assert not np.isin(best.figures[:, 0], seen[:, 0]).any()
    assert best.replications == last.replications
    assert company.asked[best.point] == 90 + last.replications


def test_the_winner_has_a_guarantee_among_the_finalists() -> None:
    asked = question()
    company = Company(asked)
    last = last_of(search(asked, company), company)
    assert last.comparison is not None
    assert last.best is not None
    truly = {each.point: company.means(each.point)[0] - company.means(each.point)[1] for each in last.trials}
    assert max(truly.values()) - truly[last.best.point] <= last.comparison.shortfall
    assert last.reason in (Reason.SETTLED, Reason.CLOSE)


def test_the_best_is_picked_from_those_that_keep_to_the_bounds_beyond_doubt() -> None:
    asked = question(subject_to=["P(bookings>=1500)>=0.8"], minimize=["cost_total"])
    company = Company(asked)
    last = last_of(search(asked, company), company)
    assert last.best is not None
    assert last.met(last.best) == "yes"
    assert all(each.means[0] <= last.best.means[0] for each in last.eligible)


@pytest.mark.parametrize(("most", "steps"), [(90, [10, 30, 90]), (100, [10, 30, 100]), (10, [10]), (12, [12])])
def test_replications_rise_by_three(most: int, steps: list[int]) -> None:
    assert rungs(most) == steps


def test_what_a_point_is_worth_does_not_hinge_on_the_luck_of_the_first_replications() -> None:
    asked = question()
    company = Company(asked, own_luck=1.0)

    def trial(point: Point, count: int) -> Trial:
        figures = company([point], count)[point]
        assert not isinstance(figures, str)
        return Trial(asked, point, figures)

    few, many, reference = trial((8, 8), 10), trial((8, 8), 90), trial((12, 6), 90)
    assert abs(worth(few, reference)[0] - many.means[0]) < 0.2 * abs(few.means[0] - many.means[0])


def test_a_ratio_is_of_means() -> None:
    asked = question(last=3, minimize=["cost_per_deal"], evaluations=20)
    company = Company(asked)
    trial = Trial(asked, (2, 2), company([(2, 2)], 90)[2, 2])  # type: ignore[arg-type]
    cost, won = trial.figures[:, 2].mean(), trial.figures[:, 3].mean()
    assert -trial.means[0] == pytest.approx(cost / won)


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ((["wonn"], []), "did you mean 'won'?"),
        (([], ["cost_totl"]), "--minimize cost_totl"),
        ((["won"], ["won"]), "a goal twice"),
        ((["won", "bookings"], ["cost_total"]), "3 goals; at most 2"),
    ],
)
def test_goals_that_make_no_sense_are_refused(goals: tuple[list[str], list[str]], words: str) -> None:
    with pytest.raises(UserError) as refused:
        goals_of(*goals, "contribution", metrics_for(TEAMS))
    assert words in str(refused.value)
