"""The one override language: what a dotted path reaches, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.errors import ScenarioError
from channelsim.scenario.overrides import Override, apply, parse_assignment, plain_tree
from channelsim.scenario.reader import read_text
from channelsim.scenario.tree import Place, Tree

MARKET = """\
segments:
  small: {deal_value: 9000}
  large: {deal_value: 80000}
teams:
  inside: {channel: inside, headcount: 8}
motions:
  phone:
    steps:
      close: {team: inside, advance: 0.4, effort_hours: {small: 1, large: 2}}
routing:
  - {motion: phone}
strategies:
  hybrid:
    teams.inside.headcount: 6
"""


def market() -> Tree:
    return read_text(MARKET, "market.yaml")


def changed(*assignments: str) -> Any:
    tree, problems = apply(market(), [parse_assignment(each) for each in assignments])
    assert problems == []
    return tree.data


def refusal(assignment: str) -> str:
    tree, problems = apply(market(), [parse_assignment(assignment)])
    assert tree.data == market().data
    [problem] = problems
    return str(problem)


def test_a_value_replaces_what_stood_at_its_path():
    assert changed("teams.inside.headcount=6")["teams"]["inside"] == {"channel": "inside", "headcount": 6}


def test_a_mapping_replaces_the_whole_mapping_that_stood_there():
    assert changed("segments.small={deal_value: 1}")["segments"]["small"] == {"deal_value": 1}


def test_a_section_that_was_left_out_is_made_on_the_way():
    assert changed("teams.inside.people.ramp_months=3")["teams"]["inside"]["people"] == {"ramp_months": 3}


def test_a_list_item_goes_by_its_number():
    assert changed("routing.0.motion=field")["routing"] == [{"motion": "field"}]


def test_a_month_of_a_headcount_plan_is_a_number():
    data = changed("teams.inside.headcount={0: 8}", "teams.inside.headcount.6=10")
    assert data["teams"]["inside"]["headcount"] == {0: 8, 6: 10}


def test_one_segment_of_a_mapping_by_segment_can_be_set():
    steps = changed("motions.phone.steps.close.effort_hours.large=3")["motions"]["phone"]["steps"]
    assert steps["close"]["effort_hours"] == {"small": 1, "large": 3}


def test_of_two_overrides_of_one_path_the_later_wins():
    assert changed("teams.inside.headcount=6", "teams.inside.headcount=7")["teams"]["inside"]["headcount"] == 7


def test_a_new_team_can_be_set_whole():
    assert changed("teams.field={channel: outside, headcount: 2}")["teams"]["field"]["headcount"] == 2


def test_after_a_strategys_name_comes_one_dotted_path_which_is_the_strategys():
    data = changed("strategies.hybrid.teams.inside.headcount=5", "strategies.hybrid.routing=[{motion: phone}]")
    assert data["strategies"]["hybrid"] == {"teams.inside.headcount": 5, "routing": [{"motion": "phone"}]}


def test_the_tree_that_was_overridden_is_left_as_it_was():
    before = market()
    apply(
        before,
        [parse_assignment("teams.inside.headcount=6"), parse_assignment("teams.inside.people.ramp_months=3")],
    )
    assert before == market()


def test_what_an_override_brought_stands_where_the_override_was_written():
    tree, _ = apply(market(), [parse_assignment("teams.inside.people={ramp_months: 3}")])
    assert tree.value_place(("teams", "inside", "people", "ramp_months")) == Place("--set")
    assert tree.value_place(("teams", "inside", "headcount")) == Place("market.yaml", 5, 40)


def test_a_path_through_a_name_that_is_not_there_is_refused_with_the_nearest_name():
    assert refusal("teams.insde.headcount=6") == (
        "--set teams.insde.headcount: no team named 'insde'; did you mean 'inside'?"
    )
    assert refusal("motions.phone.steps.clos.advance=1") == (
        "--set motions.phone.steps.clos.advance: no step named 'clos'; did you mean 'close'?"
    )
    assert refusal("strategies.hybird.teams.inside.headcount=6") == (
        "--set strategies.hybird.teams.inside.headcount: no strategy named 'hybird'; did you mean 'hybrid'?"
    )


def test_one_segments_share_of_a_value_for_everyone_is_refused():
    assert refusal("motions.phone.steps.close.advance.small=0.5") == (
        "--set motions.phone.steps.close.advance.small: motions.phone.steps.close.advance holds one value for "
        "everyone (0.4); set motions.phone.steps.close.advance to one for each segment, {small: ..., large: ...}"
    )


@pytest.mark.parametrize("path", ["routing.1.motion", "routing.first.motion"])
def test_an_item_that_a_list_does_not_have_is_refused(path: str):
    assert refusal(f"{path}=phone").endswith("for an item of routing; write a number from 0 to 0")


@pytest.mark.parametrize("text", ["", "teams.inside.headcount", "teams.inside.headcount 6"])
def test_an_assignment_without_an_equals_sign_is_refused(text: str):
    with pytest.raises(ScenarioError, match="no '=' in it; write PATH=VALUE"):
        parse_assignment(text)


def test_an_assignment_without_a_path_is_refused():
    with pytest.raises(ScenarioError, match=r"^--set =6: no path before the '='; write PATH=VALUE"):
        parse_assignment("=6")


def test_a_value_may_hold_equals_signs_and_brackets():
    override = parse_assignment("name = a=b [c]")
    assert (override.path, override.value.data) == ("name", "a=b [c]")


def test_a_value_that_is_no_yaml_is_reported_at_its_path():
    with pytest.raises(ScenarioError, match=r"^--set routing: a bracket that goes wrong here; look"):
        parse_assignment("routing=[{motion: phone}")


def test_what_is_wrong_inside_a_value_is_reported_with_the_whole_path_and_without_lines():
    tree, _ = apply(market(), [parse_assignment("teams.inside.people={ramp_months: 3, ramp_months: 4}")])
    assert [str(problem) for problem in tree.problems] == [
        "--set teams.inside.people.ramp_months: 'ramp_months' is written again; keep one of them"
    ]


def test_a_strategy_may_not_override_what_holds_for_the_whole_file():
    place = Place("market.yaml", 14, 5)
    for path in ("strategies.hybrid.x", "channelsim"):
        _, [problem] = apply(market(), [Override(path, plain_tree(1, "market.yaml"), place)])
        assert "holds for the whole file" in problem.message


def test_numbers_of_other_libraries_become_plain_numbers():
    from fractions import Fraction

    assert plain_tree({"a": (Fraction(1, 2), 3)}, "<mapping>").data == {"a": [0.5, 3]}
