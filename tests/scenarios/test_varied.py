"""Points that differ in numbers are put together from what they share, and are what they would be if each were
resolved alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import channelsim.scenario.varied as varied_module
from channelsim.errors import ScenarioError
from channelsim.scenario.load import load_strategy, read
from channelsim.scenario.overrides import Override, apply, parse_assignment
from channelsim.scenario.tree import Tree
from channelsim.scenario.varied import Varied

SCENARIOS = Path(__file__).parents[2] / "scenarios"
STRATEGIES = {
    "quickstart": "hybrid",
    "auto_supply": "field_from_25k",
    "response_time": "first_come",
    "sizing": "reps_10",
    "smb_saas": "hybrid",
}


def tree_of(name: str, *sets: str) -> Tree:
    return apply(read(SCENARIOS / f"{name}.yaml"), [parse_assignment(each) for each in sets])[0]


def numbers(data: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every plain number of a scenario but those of strategies, with its dotted path."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("channelsim", "strategies") and "." not in str(key):
                yield from numbers(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from numbers(value, f"{path}.{index}")
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path, data


def outcome(resolve: Any) -> Any:
    try:
        return resolve()
    except ScenarioError as error:
        return str(error)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_number_of_a_scenario_leads_to_what_it_would_lead_to_alone(name: str) -> None:
    tree = tree_of(name)
    strategy = (
        STRATEGIES[name] if STRATEGIES[name] in tree.data["strategies"] else next(iter(tree.data["strategies"]))
    )
    checked = 0
    for path, value in numbers(tree.data):
        world = Varied(tree, strategy)
        for factor in (1, 2, 0.5, -1):
            other = value * factor if isinstance(value, float) else int(value * factor)
            override = [Override.of(path, other)]
            alone = outcome(lambda change=override: load_strategy(tree, change, strategy).scenario)
            together = outcome(lambda change=override, here=world: here.at(change)[0])
            assert together == alone, path
            checked += 1
    assert checked > 100


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The overrides with which a strategy was resolved anew."""
    found: list[Any] = []

    def noting(tree: Tree, overrides: Any, name: str) -> Any:
        found.append([each.value.data for each in overrides])
        return load_strategy(tree, overrides, name)

    monkeypatch.setattr(varied_module, "load_strategy", noting)
    return found


def changes(**values: Any) -> list[Override]:
    return [Override.of(path.replace("__", "."), value) for path, value in values.items()]


def test_numbers_are_put_in_without_resolving_anew(resolved: list[Any]) -> None:
    world = Varied(tree_of("quickstart"), "hybrid")
    for salary in (60_000, 70_000, 80_000.5):
        scenario, _ = world.at(changes(teams__outside__pay__salary=salary, sources__website__leads_per_month=50))
        assert scenario.teams["outside"].pay.salary == salary
    assert len(resolved) == 1


def test_what_did_not_change_stays_the_same_object(resolved: list[Any]) -> None:
    world = Varied(tree_of("quickstart"), "hybrid")
    one, _ = world.at(changes(teams__outside__pay__salary=60_000))
    other, _ = world.at(changes(teams__outside__pay__salary=70_000))
    assert one.motions is other.motions
    assert one.teams["outside"].people is other.teams["outside"].people


def test_a_value_that_a_strategy_sets_itself_is_left_to_the_strategy(resolved: list[Any]) -> None:
    world = Varied(tree_of("quickstart"), "hybrid")
    for headcount in (4, 5):  # hybrid has 1
        assert world.at(changes(teams__outside__headcount=headcount))[0].teams["outside"].headcount == 1
    assert len(resolved) == 2


def test_a_strategys_own_value_is_changed_by_its_name(resolved: list[Any]) -> None:
    world = Varied(tree_of("quickstart"), "hybrid")
    path = "strategies.hybrid.teams.outside.headcount"
    sets = [parse_assignment(f"{path}={seats}") for seats in (2, 3, 4)]
    assert [world.at([each])[0].teams["outside"].headcount for each in sets] == [2, 3, 4]
    others = [parse_assignment(f"strategies.outside_only.teams.outside.headcount={seats}") for seats in (2, 3)]
    assert [world.at([each])[0].teams["outside"].headcount for each in others] == [1, 1]
    assert len(resolved) == 2


def test_what_is_no_number_is_resolved_once_for_each_value(resolved: list[Any]) -> None:
    world = Varied(tree_of("quickstart"), "hybrid")
    for discipline in ("newest", "oldest"):
        for salary in (60_000, 70_000):
            scenario, _ = world.at(
                changes(teams__inside__queue__discipline=discipline, teams__inside__pay__salary=salary)
            )
            assert (scenario.teams["inside"].queue.discipline, scenario.teams["inside"].pay.salary) == (
                discipline,
                salary,
            )
    assert len(resolved) == 2


def test_beliefs_about_other_numbers_are_kept() -> None:
    tree = tree_of(
        "quickstart", "motions.phone.steps.qualify.advance={uncertain: {dist: uniform, low: 0.4, high: 0.6}}"
    )
    world = Varied(tree, "hybrid")
    for salary in (60_000, 70_000):
        change = changes(teams__outside__pay__salary=salary)
        alone = load_strategy(tree, change, "hybrid")
        assert world.at(change) == (alone.scenario, alone.beliefs)


def test_a_number_that_makes_a_chance_impossible_is_refused_as_it_is_alone() -> None:
    tree = tree_of("quickstart", "motions.phone.steps.qualify.source_factor={website: 1.5}")
    world = Varied(tree, "hybrid")
    world.at(changes(motions__phone__steps__qualify__advance=0.6))
    with pytest.raises(ScenarioError, match="must be at most 1"):
        world.at(changes(motions__phone__steps__qualify__advance=0.7))
