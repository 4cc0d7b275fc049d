"""What may be decided: how it is read, what it changes, and what lies next to what."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.errors import ScenarioError, UserError
from channelsim.scenario.decide import AS_IN_THE_FILE, Space, in_short, load_space, parse_decision
from channelsim.scenario.load import load, read
from channelsim.scenario.overrides import apply, parse_assignment
from worlds import source, step, team, world


def tree(**sections: Any) -> dict[str, Any]:
    return world(
        teams={"desk": team(3), "field": team(2)},
        motions={"sale": {"steps": {"call": step()}}, "visit": {"steps": {"meet": step("field")}}},
        **sections,
    )


def space_of(data: dict[str, Any], *decided: str, strategy: str | None = None, sets: tuple[str, ...] = ()) -> Space:
    file = read(data)
    said = apply(file, [parse_assignment(each) for each in sets])[0]
    return load_space(file, decided, sets, said, strategy)


def resolved(data: dict[str, Any], space: Space, point: tuple[int, ...]) -> Any:
    return load(data, space.changes(point), [space.strategy]).strategies[space.strategy]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=2:5", (2, 3, 4, 5)),
        ("a.b=1:9:4", (1, 5, 9)),
        ("a.b=0.1:0.2", tuple(round(0.1 + 0.002 * at, 3) for at in range(51))),
        ("a.b=oldest,newest", ("oldest", "newest")),
        ("a.b=4,2", (2, 4)),
    ],
)
def test_the_values_of_a_decision(text: str, values: tuple[Any, ...]) -> None:
    assert parse_decision(text, [])[0].values == values


def test_a_wide_range_has_round_steps_and_both_its_ends() -> None:
    values = parse_decision("a.budget=3000:20050", [])[0].values
    assert values[:3] == (3000, 3500, 4000)
    assert values[-1] == 20050
    assert len(values) <= 52
    assert all(isinstance(value, int) for value in values)


def test_factors_multiply_what_the_strategy_has() -> None:
    data = tree(sources={"web": source(40.0)})
    space = space_of(data, "sources.*.leads_per_month=x0.5:x2")
    last = len(space.decisions[0].values) - 1
    assert resolved(data, space, (0,)).sources["web"].leads_per_month == 20
    assert resolved(data, space, (last,)).sources["web"].leads_per_month == 80
    assert space.decisions[0].values[space.own[0]] == 1


def test_a_decision_holds_even_where_the_strategy_has_its_own_value() -> None:
    data = tree(strategies={"lean": {"teams.desk.headcount": 1}, "plain": {}})
    space = space_of(data, "teams.desk.headcount=1:9")
    assert space.strategy == "lean"
    assert resolved(data, space, (8,)).teams["desk"].headcount == 9
    assert space.own == (0,)
    assert space_of(data, "teams.desk.headcount=1:9", strategy="plain").own == (2,)


def test_a_file_outside_the_space_is_told_by_what_it_has() -> None:
    space = space_of(tree(), "teams.desk.headcount=5:9")
    assert space.own == AS_IN_THE_FILE
    assert space.values(AS_IN_THE_FILE) == {"teams.desk.headcount": 3}
    assert in_short(space, AS_IN_THE_FILE) == "as in the file"


def initiatives() -> dict[str, Any]:
    effect = {"change": "advance", "by": 0.1}
    return {name: {"effects": [effect], "setup_cost": 10.0} for name in ("crm", "dialler", "training")}


def test_each_initiative_is_in_or_out() -> None:
    data = tree(initiatives=initiatives(), rollout=["crm"])
    space = space_of(data, "rollout", "teams.desk.headcount=1:2")
    assert space.size == 2**3 * 2
    assert space.own == AS_IN_THE_FILE  # three reps are not among the choices
    assert resolved(data, space, (0, 1, 1, 0)).rollout == ["dialler", "training"]
    assert in_short(space, (0, 1, 1, 0)) == "desk 1, rollout dialler + training"


def test_those_that_are_not_decided_on_stay_as_they_are() -> None:
    data = tree(initiatives=initiatives())
    space = space_of(data, "rollout=crm, training")
    assert space.own == (1, 1)
    assert resolved(data, space, (0, 1)).rollout == ["dialler", "training"]


def test_neighbours_differ_in_one_decision() -> None:
    space = space_of(tree(), "teams.desk.headcount=1:9", "teams.desk.queue.discipline=oldest,newest,largest")
    assert set(space.around((0, 1), 1)) == {(1, 1), (0, 0), (0, 2)}
    assert set(space.around((6, 1), 4)) == {(8, 1), (2, 1)}


def test_exchanges_keep_a_sum() -> None:
    space = space_of(tree(), "teams.desk.headcount=0:4", "teams.field.headcount=0:4")
    assert set(space.exchanges((2, 2))) == {(3, 1), (1, 3)}
    assert set(space.exchanges((4, 0))) == {(3, 1)}


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (["teams.desk.headcount"], "no '=' in it; write PATH=LOW:HIGH"),
        (["=1:2"], "an empty name in the path"),
        (["teams.desk.headcount=9:2"], "the first end must be below the second"),
        (["seed=1:9"], "cannot be varied"),
        (["teams.desk.headcont=1:9"], "did you mean 'headcount'?"),
        (["teams.desk.headcount=-2:3"], "--decide teams.desk.headcount: -2; must be a whole number"),
        (["teams.desk.headcount=1:3", "teams.desk.headcount=4:5"], "decided twice"),
        (["strategies.b.teams.desk.headcount=1:4"], "write teams.desk.headcount and --strategy b"),
        (["rollout"], "the scenario has no initiatives"),
        (["teams.desk.people.skill_cv=0:x2"], "mixes factors"),
        (["sources.other.cost_per_lead=x1:x2"], "--decide"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(decided: list[str], words: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        space_of(tree(), *decided)
    assert words in str(refused.value)
    assert "--vary" not in str(refused.value)


def test_a_decision_that_changes_nothing_is_refused() -> None:
    data = tree(sources={"web": source(0.0)})
    with pytest.raises(ScenarioError, match="changes nothing in as_is"):
        space_of(data, "sources.web.leads_per_month=x1:x4")


def test_an_initiative_that_is_not_there_is_refused() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'crm'"):
        space_of(tree(initiatives=initiatives()), "rollout=crn")


def test_nothing_to_decide_is_refused() -> None:
    with pytest.raises(UserError, match="nothing to decide"):
        space_of(tree())


def test_a_section_of_the_file_is_known_as_one_of_the_choices() -> None:
    data = tree(routing=[{"when": {"segment": "all"}, "motion": "visit"}, {"motion": "sale"}])
    assert space_of(data, "routing.0.when={share: 0.5},{segment: all}").own == (1,)
