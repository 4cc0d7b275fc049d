"""From a file to the scenarios of its strategies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from channelsim.errors import Problem, ScenarioError, suggest
from channelsim.scenario.load import load

TWO_WAYS = """\
channelsim: 1
name: Two ways
horizon: {start: 2027-01-04, months: 12}
segments:
  small: {deal_value: 9000}
sources:
  web: {leads_per_month: 100, mix: {small: 1}}
teams:
  inside: {channel: inside, headcount: 8}
motions:
  phone: {steps: {close: {team: inside}}}
  video: {steps: {close: {team: inside, effort_hours: 2}}}
strategies:
  calls: {routing: [{motion: phone}]}
  videos:
    routing: [{motion: video}]
    teams.inside.headcount: 4
"""


@pytest.fixture
def two_ways(tmp_path: Path) -> Path:
    file = tmp_path / "two_ways.yaml"
    file.write_text(TWO_WAYS, encoding="utf-8")
    return file


def one_way() -> dict[str, Any]:
    return {
        "channelsim": 1,
        "name": "One way",
        "horizon": {"start": dt.date(2027, 1, 4), "months": 12},
        "segments": {"small": {"deal_value": 9000}},
        "sources": {"web": {"leads_per_month": 100, "mix": {"small": 1}}},
        "teams": {"inside": {"channel": "inside", "headcount": 8}},
        "motions": {"phone": {"steps": {"close": {"team": "inside"}}}},
    }


def headcounts(study: Any) -> dict[str, Any]:
    return {name: scenario.teams["inside"].headcount for name, scenario in study.strategies.items()}


def test_each_strategy_is_the_file_with_its_own_changes(two_ways):
    study = load(two_ways)
    assert list(study.strategies) == ["calls", "videos"]
    assert headcounts(study) == {"calls": 8, "videos": 4}
    assert study.scenario.teams["inside"].headcount == 8
    assert study.overrides["videos"] == {"routing": [{"motion": "video"}], "teams.inside.headcount": 4}
    assert all(scenario.strategies == {} for scenario in study.strategies.values())


def test_a_set_value_holds_where_no_strategy_says_otherwise(two_ways):
    assert headcounts(load(two_ways, ["teams.inside.headcount=20"])) == {"calls": 20, "videos": 4}


def test_a_set_value_can_name_the_strategy_it_is_for(two_ways):
    study = load(two_ways, ["strategies.videos.teams.inside.headcount=5"])
    assert headcounts(study) == {"calls": 8, "videos": 5}


def test_a_set_value_that_a_strategy_does_not_take_is_named_with_the_way_to_change_it_there(two_ways):
    assert load(two_ways, ["teams.inside.headcount=20"]).notes == (
        "--set teams.inside.headcount: videos (4) keeps its own value; to change it there, write "
        "--set strategies.videos.teams.inside.headcount=20",
    )


def test_a_set_value_that_no_strategy_takes_is_said_to_have_no_effect(two_ways):
    assert load(two_ways, ["routing=[{motion: video}]"], only=["calls"]).notes == (
        "--set routing: no effect, because every strategy has its own value: calls; to change it there, "
        "write --set strategies.calls.routing=...",
    )
    assert load(two_ways, ["teams.inside.headcount=20"], only=["videos"]).notes[0].count("no effect") == 1


def test_a_set_section_of_which_a_strategy_sets_a_part_is_told_with_that_part(two_ways):
    study = load(two_ways, ["teams.inside={channel: inside, headcount: 20}"])
    assert headcounts(study) == {"calls": 20, "videos": 4}
    assert study.notes == (
        "--set teams.inside: videos (teams.inside.headcount) keeps its own value; to change it there, write "
        "--set strategies.videos.teams.inside.headcount=...",
    )


def test_a_set_value_inside_a_section_that_a_strategy_replaces_whole_is_told_with_that_section(two_ways):
    text = TWO_WAYS.replace("teams.inside.headcount: 4", "teams.inside: {channel: inside, headcount: 4}")
    two_ways.write_text(text, encoding="utf-8")
    advice = "--set strategies.videos.teams.inside.headcount=20"
    study = load(two_ways, ["teams.inside.headcount=20"])
    assert study.notes == (
        "--set teams.inside.headcount: videos (teams.inside) keeps its own value; to change it there, "
        f"write {advice}",
    )
    assert headcounts(load(two_ways, [advice.removeprefix("--set ")])) == {"calls": 8, "videos": 20}


@pytest.mark.parametrize(
    "sets",
    [
        ["name=Other"],
        ["teams.inside.headcount=4"],
        ["teams.inside.headcount=20", "strategies.videos.teams.inside.headcount=5"],
        ["teams.inside.people.ramp_months=2"],
    ],
)
def test_a_set_value_that_holds_or_was_overruled_on_purpose_needs_no_note(two_ways, sets):
    assert load(two_ways, sets).notes == ()


def test_only_the_strategies_asked_for_are_kept(two_ways):
    assert list(load(two_ways, only=["videos"]).strategies) == ["videos"]


def test_asking_for_a_strategy_that_is_not_there_names_the_nearest(two_ways):
    with pytest.raises(ScenarioError, match="no strategy named 'video'; did you mean 'videos'"):
        load(two_ways, only=["video"])


def test_what_is_wrong_on_the_command_line_has_the_options_name_and_no_line(two_ways):
    with pytest.raises(ScenarioError) as caught:
        load(two_ways, ["teams.inside.headcount=-1"], only=["video"])
    assert str(caught.value).splitlines() == [
        "--set teams.inside.headcount: -1; must be a whole number from 0 to 10000",
        "--strategy video: no strategy named 'video'; did you mean 'videos'?",
    ]


def test_a_file_without_strategies_has_one_as_it_is_and_one_motion_needs_no_routing():
    study = load(one_way())
    assert list(study.strategies) == ["as_is"]
    assert [rule.motion for rule in study.strategies["as_is"].routing] == ["phone"]


def test_a_mapping_from_python_is_left_as_it_was():
    mapping = one_way()
    load(mapping, ["teams.inside.headcount=3"])
    assert mapping == one_way()


def test_problems_of_a_mapping_have_no_line():
    mapping = one_way()
    mapping["teams"]["inside"]["headcont"] = 9
    with pytest.raises(ScenarioError) as caught:
        load(mapping)
    assert str(caught.value) == "teams.inside.headcont: unknown field 'headcont'; did you mean 'headcount'?"


def test_problems_of_the_file_the_strategies_and_the_command_line_come_at_once(two_ways):
    text = TWO_WAYS.replace("leads_per_month: 100", "leads_per_month: -100").replace(
        "headcount: 4", "headcount: 4.5"
    )
    two_ways.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(two_ways, ["horizon.months=0", "nonsense"], only=["phone"])
    assert [(Path(each.file).name, each.path) for each in caught.value.problems] == [
        ("--set", "horizon.months"),
        ("--set", "nonsense"),
        ("--strategy", "phone"),
        ("two_ways.yaml", "sources.web.leads_per_month"),
        ("two_ways.yaml", "teams.inside.headcount"),
    ]


def test_what_is_wrong_in_the_file_is_said_once_and_not_again_for_every_strategy(two_ways):
    two_ways.write_text(TWO_WAYS.replace("months: 12", "months: 0"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(two_ways)
    assert len(caught.value.problems) == 1


def test_a_problem_reads_as_place_path_and_message():
    assert str(Problem("a.yaml", 3, 5, "teams.inside", "8; must be 9")) == "a.yaml:3:5: teams.inside: 8; must be 9"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("insde", "did you mean 'inside'?"),
        ("INSIDE", "did you mean 'inside'?"),
        ("zzz", "known are inside, outside"),
    ],
)
def test_a_suggestion_is_the_nearest_name_or_the_list(name: str, words: str):
    assert suggest(name, ["inside", "outside"]) == words
