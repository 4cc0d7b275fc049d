"""`channelsim check` on a sound file."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from channelsim.cli.main import main

SOUND = """\
channelsim: 1
name: Two [ways]
horizon: {start: 2027-01-04, months: 12, warmup_months: 3}
segments: {small: {deal_value: 9000}, large: {deal_value: 80000}}
sources:
  web: {leads_per_month: 1000, mix: {small: 0.8, large: 0.2}}
  events: {leads_per_month: 50, mix: {small: 0, large: 1}}
teams:
  inside: {channel: inside, headcount: 8}
  outside: {channel: outside, headcount: {0: 2, 6: 3}}
motions:
  phone: {steps: {close: {team: inside}}}
  field: {steps: {close: {team: outside, visit: true}}}
strategies:
  inside_only: {routing: [{motion: phone}]}
  hybrid:
    routing: [{when: {segment: large}, motion: field}, {motion: phone}]
    teams.inside.people.ramp_months: 3
    teams.inside.headcount: 6
  same_again: {routing: [{motion: phone}]}
"""


@pytest.fixture
def sound(tmp_path: Path) -> str:
    file = tmp_path / "sound.yaml"
    file.write_text(SOUND, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("columns", ["80", "100", "300"])
def test_a_sound_file_is_summed_up_and_its_strategies_are_compared_with_the_first(sound: str, columns: str):
    result = CliRunner().invoke(main, ["check", sound], env={"COLUMNS": columns})
    assert result.exit_code == 0
    assert result.stderr == ""
    words = " ".join(result.stdout.split())
    for expected in (
        "Two [ways] is sound.",
        "horizon 12 months from 2027-01-04, of which 3 to warm up",
        "leads 1,050 a month: web 1,000, events 50",
        "teams inside 8 (inside), outside 2 from month 0, 3 from month 6 (outside)",
        "What goes in differently: hybrid against inside_only",
        "teams.inside.headcount 8 6",
        "teams.inside.people.ramp_months 0 3",
        "same_again has the same inputs as inside_only",
    ):
        assert expected in words
    assert max(map(len, result.stdout.splitlines()[1:])) <= min(int(columns), 110)


def test_what_does_not_fit_on_a_line_goes_on_below_its_beginning(sound: str):
    many = ", ".join(f"source_{each}: {{leads_per_month: 10, mix: {{small: 1}}}}" for each in range(9))
    Path(sound).write_text(SOUND.replace("sources:\n", f"sources: {{{many}}}\nignored:\n"), encoding="utf-8")
    text = Path(sound).read_text(encoding="utf-8")
    Path(sound).write_text(text.replace(text[text.index("ignored:") : text.index("teams:")], ""), encoding="utf-8")
    told = CliRunner().invoke(main, ["check", sound], env={"COLUMNS": "80"}).stdout.splitlines()
    (first,) = (each for each, line in enumerate(told) if line.startswith("  leads    90 a month: source_0 10, "))
    assert told[first + 1].startswith("           source_")
    assert len(told[first]) <= 80


@pytest.mark.parametrize("verb", [["check"], ["run", "-n", "2", "--workers", "1"]])
def test_what_is_piped_has_no_blanks_at_the_end_of_its_lines(
    verb: list[str], sound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, [*verb, sound], env={"COLUMNS": "80"}).stdout
    assert "What goes in differently" in told
    assert [line for line in told.splitlines() if line.endswith(" ")] == []


def test_a_set_value_is_part_of_what_is_checked(sound: str):
    assert (
        "inside 20 (inside)"
        in CliRunner().invoke(main, ["check", sound, "--set", "teams.inside.headcount=20"]).stdout
    )
    refused = CliRunner().invoke(main, ["check", sound, "--set", "teams.inside.headcount=-1"])
    assert refused.exit_code == 2
    assert refused.stderr == "--set teams.inside.headcount: -1; must be a whole number from 0 to 10000\n"


@pytest.mark.parametrize(
    "verb", [["check"], ["run", "-n", "1", "--quiet", "--workers", "1"], ["trace", "--lead", "web/small/1"]]
)
def test_every_verb_names_the_strategies_that_keep_their_own_value(
    verb: list[str], sound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, [*verb, sound, "--set", "teams.inside.headcount=20"])
    assert told.exit_code == 0
    assert told.stderr == (
        "--set teams.inside.headcount: hybrid (6) keeps its own value; to change it there, write "
        "--set strategies.hybrid.teams.inside.headcount=20\n"
    )


def test_a_file_without_strategies_is_told_in_one_line(tmp_path: Path):
    file = tmp_path / "one.yaml"
    file.write_text(SOUND.partition("strategies:")[0] + "routing: [{motion: phone}]\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)])
    assert "One strategy, as_is: everything -> phone" in result.stdout


def test_sound_files_beside_a_broken_one_are_still_summed_up(sound: str, tmp_path: Path):
    result = CliRunner().invoke(main, ["check", sound, str(tmp_path / "nowhere.yaml")])
    assert result.exit_code == 2
    assert "is sound." in result.stdout
    assert "no such file" in result.stderr


LEVERS = """\
initiatives:
  dialler: {catalogue: dialler, teams: [inside]}
  intelligence: {catalogue: sales_intelligence, teams: [inside], start_month: 4}
rollout: []
execution: {focus: 1}
lead_fit: {}
environment:
  regimes: {boom: {lasts_months: 20}, slump: {lasts_months: 9, leads: 0.8}}
  shocks: {rival: {month: 5}}
"""
TOOLED = """\
  tooled:
    routing: [{when: {score: {at_least: 0.75}}, motion: field}, {motion: phone}]
    rollout: [dialler, intelligence]
"""


def test_levers_are_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "levers.yaml"
    text = SOUND.replace("  same_again:", TOOLED + "  same_again:")
    text = text.replace(
        "small: {deal_value: 9000}", "small: {deal_value: 9000, buying_cycle: {need: {}, choice: {}}}"
    )
    text = text.replace(
        "phone: {steps: {close: {team: inside}}}", "phone: {steps: {close: {team: inside, serves: choice}}}"
    )
    text = text.replace(
        "field: {steps: {close: {team: outside, visit: true}}}",
        "field: {steps: {call: {team: inside, serves: choice}, close: {team: outside, serves: need}}}",
    )
    file.write_text(text + LEVERS, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)], terminal_width=200, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    for told in (
        "market boom for 20 months on average, slump for 9 months on average",
        "shocks rival in month 5",
        "the best 25% by score -> field; everything else -> phone",
        "inside_only and hybrid and same_again: nothing",
        "tooled: dialler, intelligence (up to 1 more at once than its focus of 1; "
        "pairs of tools not integrated: 1 in inside)",
        "intelligence (from month 4, inside): work on a touch -",
        "small phone close choice need left to the buyer alone",
        "small field call choice aligned close need wrong order",
        "initiatives.dialler.effects.0.by: -0.399 to -0.159",
    ):
        assert told in words, told


def test_leads_that_money_brings_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "bought.yaml"
    bought = "budget: {per_month: 100, half_at: 100, most_leads_per_month: 60}"
    file.write_text(SOUND.replace("leads_per_month: 1000,", f"leads_per_month: 1000, {bought},"), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)])
    assert "1,080 a month: web 1,030, events 50" in result.stdout
