"""`--vary`: what values a text means, where they go, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channelsim.errors import ScenarioError, UserError
from channelsim.scenario.points import Points, load_points
from channelsim.scenario.reader import read_text
from channelsim.scenario.vary import Variation, parse_variation

MARKET = """\
channelsim: 1
name: A market
horizon: {start: 2027-03-01, months: 1}
segments:
  small: {deal_value: 9000}
  large: {deal_value: {dist: lognormal, mean: 80000, cv: 1}, buying_cycle: {seek: {days: 3}}}
sources:
  web: {leads_per_month: 45, mix: {small: 1}}
  fair: {leads_per_month: 10, mix: {large: 1}, annual_growth: 0.5}
teams:
  inside: {channel: inside, headcount: {0: 8, 6: 10}}
  outside: {channel: outside, headcount: 2, pay: {travel_per_visit: 300}}
motions:
  phone: {steps: {close: {team: inside, advance: {small: 0.4, large: 0.2}}}}
routing: [{motion: phone}]
strategies:
  as_today: {}
  more: {teams.outside.headcount: 6}
"""


@pytest.fixture
def market(tmp_path: Path) -> str:
    path = tmp_path / "market.yaml"
    path.write_text(MARKET)
    return str(path)


def changed(variation: str) -> list[dict[str, Any]]:
    """What each value of a variation puts where."""
    found, _ = parse_variation(variation).changes(read_text(MARKET, "market.yaml"))
    return [{override.path: override.value.data for override in overrides} for overrides in found]


def refusal(variation: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        changed(variation)
    [problem] = refused.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("2:5:1", (2, 3, 4, 5)),
        ("2:5:2", (2, 4)),
        ("5:2:-1", (2, 3, 4, 5)),
        ("0:0.3:0.1", (0, 0.1, 0.2, 0.3)),
        ("1:2:0.5", (1, 1.5, 2)),
        ("-1:1:1", (-1, 0, 1)),
        ("1e3:3e3:1e3", (1000, 2000, 3000)),
        ("8,2,4.5", (2, 4.5, 8)),
        ("oldest,newest", ("oldest", "newest")),
        ("08:00,09:00", ("08:00", "09:00")),
        ("{0: 8, 6: 10},{0: 8}", ({0: 8, 6: 10}, {0: 8})),
        ("xlarge, large", ("xlarge", "large")),
    ],
)
def test_a_range_includes_its_end_and_a_list_is_what_it_says(written: str, values: tuple[Any, ...]) -> None:
    found = parse_variation(f"some.path={written}")
    assert found.values == values
    assert [type(each) for each in found.values] == [type(each) for each in values]
    assert not found.multiplies


def test_factors_multiply_what_the_file_says_whatever_shape_it_has() -> None:
    assert changed("sources.web.leads_per_month=x0.5:x1.1:x0.3") == [
        {"sources.web.leads_per_month": value} for value in (22.5, 36, 49.5)
    ]
    assert changed("sources.web.leads_per_month=x1,x1.1")[1] == {"sources.web.leads_per_month": 49.5}
    assert changed("teams.inside.headcount=x1,x1.5")[1] == {"teams.inside.headcount": {0: 12, 6: 15}}
    assert changed("motions.phone.steps.close.advance=x1,x2")[1] == {
        "motions.phone.steps.close.advance": {"small": 0.8, "large": 0.4}
    }


def test_a_star_stands_for_every_name() -> None:
    assert changed("sources.*.leads_per_month=x2,x3")[0] == {
        "sources.web.leads_per_month": 90,
        "sources.fair.leads_per_month": 20,
    }
    assert changed("motions.*.steps.*.effort_hours=1,2")[1] == {"motions.phone.steps.close.effort_hours": 2}
    assert set(changed("segments.*.buying_cycle.*.days=1,2")[0]) == {"segments.large.buying_cycle.seek.days"}


def test_a_strategy_has_what_the_file_says_unless_it_says_otherwise() -> None:
    assert changed("strategies.*.teams.outside.headcount=x2,x3")[0] == {
        "strategies.as_today.teams.outside.headcount": 4,
        "strategies.more.teams.outside.headcount": 12,
    }
    assert set(changed("strategies.more.sources.*.leads_per_month=x2,x3")[0]) == {
        "strategies.more.sources.web.leads_per_month",
        "strategies.more.sources.fair.leads_per_month",
    }


def test_set_comes_before_factors(market: str) -> None:
    points = load_points(market, "sources.web.leads_per_month=x1,x2", ["sources.web.leads_per_month=100"])
    assert [points.study_at(at).scenario.sources["web"].leads_per_month for at in (0, 1)] == [100, 200]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("teams.desk.headcount=1:8:1", "teams.desk.headcount=1:8:1"),
        ("teams.desk.headcount=8:1:-1", "teams.desk.headcount=1:8:1"),
        ("a.b=1,2,3", "a.b=1:3:1"),
        ("a.b=x0.5:x2:x0.25", "a.b=x0.5:x2:x0.25"),
        ("a.b=40,90,55.5", "a.b=40,55.5,90"),
        ("a.b=x1,x3", "a.b=x1,x3"),
        ("a.b=oldest,newest", 'a.b="oldest","newest"'),
        ("a.b='a b',true,[1,2],{m: 3}", 'a.b="a b",true,[1, 2],{"m": 3}'),
        ("a.b=2027-01-04,2027-02-01", "a.b=2027-01-04,2027-02-01"),
    ],
)
def test_a_variation_is_written_so_that_it_is_read_back(given: str, written: str) -> None:
    variation = parse_variation(given)
    assert variation.written == written
    assert parse_variation(written) == variation


def test_labels_are_as_people_write_them() -> None:
    assert [Variation("p", (0.5,), multiplies=True).label(0.5), Variation("p", (1,)).label(3.0)] == ["x0.5", "3"]
    assert Variation("p", ("a", "b")).label("a") == "a"
    assert not Variation("p", (True, False)).is_ordered


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("teams.inside.headcount", "teams.inside.headcount: no '=' in it; write PATH=START:STOP:STEP or"),
        ("=1,2", "no path before the '='"),
        ("teams..headcount=1,2", "an empty name in the path"),
        ("teams.inside.headcount=", "no values; write START:STOP:STEP or v1,v2,..."),
        ("teams.inside.headcount=1,,2", "teams.inside.headcount: 1,,2: "),
        ("teams.inside.headcount=6", "6 is one value, which makes no curve; give at least two"),
        ("teams.inside.headcount=6:7:2", "6:7:2 is one value"),
        ("teams.inside.headcount=6:6:1", "6:6:1 begins where it ends"),
        ("teams.inside.headcount=2:8", "2:8; write all three of START:STOP:STEP"),
        ("teams.inside.headcount=2:8:0", "2:8:0 never gets on with a step of 0"),
        ("teams.inside.headcount=2:8:-1", "2:8:-1 goes up, so its step must be above 0"),
        ("teams.inside.headcount=8:2:1", "8:2:1 goes down, so its step must be below 0"),
        ("teams.inside.headcount=0:1000:1", "0:1000:1 has 1,001 values; at most 1,000 make a curve"),
        ("teams.inside.headcount=two:8:1", "'two' for a number in two:8:1"),
        ("teams.inside.headcount=:8:1", "nothing for a number in :8:1"),
        ("teams.inside.headcount=nan:8:1", "'nan' for a number"),
        ("teams.inside.headcount=1,.inf", "every value must be finite"),
        ("teams.inside.headcount=4,4", "4 stands twice in 4,4"),
        ("teams.inside.headcount=[4,5", "a bracket that goes wrong"),
        ("teams.inside.headcount={0: 1, 0: 2},3", "'0' is written again"),
        ("teams.outside.headcount=x1,2", "x1,2 mixes factors of what the file says (x1.5) and values"),
        ("teams.outside.headcount=x1:2:x1", "mixes factors"),
        ("seed=1,2", "seed: cannot be varied: all points share their random numbers"),
        ("horizon.months=6:12:1", "horizon.months: cannot be varied: points that measure different periods"),
        ("segments.large.deal_value=x1,x2", "lognormal (mean 80000, cv 1), which is no number to multiply"),
        ("segments.*.deal_value=x1,x2", "segments.large.deal_value: lognormal"),
        ("teams.*.people.ramp_months=x1,x2", "nothing in the file to multiply"),
        ("source.*.leads_per_month=1,2", "no names for * to stand for; did you mean 'sources'?"),
        ("teams.*.people.*=1,2", "no names for * to stand for; give names there"),
    ],
)  # fmt: skip
def test_what_makes_no_curve_is_refused_in_words(written: str, words: str) -> None:
    assert refusal(written).startswith("--vary ")
    assert words in refusal(written)


def test_a_factor_leaves_alone_what_the_file_does_not_give_and_says_so(market: str) -> None:
    points = load_points(market, "sources.*.annual_growth=x1,x2")
    assert [change.path for change in points.changes[0]] == ["sources.fair.annual_growth"]
    [note] = points.notes
    assert note.endswith("left alone, as the file has no value there: sources.web.annual_growth")


def test_every_problem_of_every_value_is_told_at_once_with_the_value(market: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_points(market, "teams.outside.headcount=-2:1:1")
    told = [str(problem) for problem in refused.value.problems]
    assert [each.split(";")[0] for each in told] == [
        "--vary teams.outside.headcount: -1",
        "--vary teams.outside.headcount: -2",
    ]


def test_a_problem_elsewhere_is_told_with_the_value_that_brings_it_about(market: str) -> None:
    with pytest.raises(ScenarioError, match=r"with segments=.*: "):
        load_points(market, "segments={tiny: {deal_value: 1}},{small: {deal_value: 1}}")


def test_an_unknown_path_is_refused_once_with_the_nearest_name(market: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_points(market, "teams.outside.headcont=1:9:1")
    assert str(refused.value) == (
        "--vary teams.outside.headcont: unknown field 'headcont'; did you mean 'headcount'?"
    )


def notes(points: Points) -> str:
    return "\n".join(points.notes)


def test_a_strategy_with_a_value_of_its_own_is_flat_and_told_how_to_vary_it(market: str) -> None:
    points = load_points(market, "teams.outside.headcount=1:3:1")
    assert points.flat == ("more",)
    assert notes(points) == (
        "--vary teams.outside.headcount: more has its own teams.outside.headcount (6), so its curve is flat; to "
        "vary it there, write --vary strategies.more.teams.outside.headcount=..."
    )


def test_a_strategy_that_keeps_a_part_is_told_to_keep_it(market: str) -> None:
    points = load_points(market, "teams.*.headcount=5:7:1")
    assert points.flat == ()
    assert "more has its own teams.outside.headcount (6), which do not vary" in notes(points)


def test_varying_one_strategy_leaves_the_others_flat(market: str) -> None:
    points = load_points(market, "strategies.more.teams.outside.headcount=1:3:1")
    assert points.flat == ("as_today",)
    assert "nothing changes with it in as_today, so its curve is flat" in notes(points)


def test_what_changes_nothing_is_refused_with_the_reason(market: str) -> None:
    with pytest.raises(
        UserError, match=r"nothing changes with it, because strategies have values of their own \(more"
    ):
        load_points(market, "teams.outside.headcount=1:3:1", only=["more"])
    with pytest.raises(UserError, match="nothing changes with it; vary something that a strategy uses"):
        load_points(market, "strategies.more.teams.outside.headcount=1:3:1", only=["as_today"])


def test_a_study_at_a_point_is_the_file_with_the_value_set(market: str) -> None:
    from channelsim.scenario.load import load

    points = load_points(market, "teams.outside.headcount=1:3:1")
    assert points.study_at(2).strategies == load(market, ["teams.outside.headcount=3"]).strategies
    assert (len(points), points.labels) == (3, ["1", "2", "3"])
