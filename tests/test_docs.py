"""The documentation is true: its blocks load, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from channelsim.cli.main import main
from channelsim.errors import ScenarioError
from channelsim.report.files import HASH_LENGTH, content_hash
from channelsim.scenario.load import load

PAGES = [Path("README.md"), Path("CHANGELOG.md"), Path("scenarios/README.md"), *sorted(Path("docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MISTAKES = (  # of docs/scenario.md's broken file, in its order
    ("leads_per_month: 80", "lead_per_month: 80"),
    ("plants: 0.2}", "plants: 0.3}"),
    ("advance: 0.3\n", "advance: 30%\n"),
    ("team: field\n        visit", "team: feild\n        visit"),
)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def anchors(page: Path) -> set[str]:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> list[tuple[str, str]]:
    lines = [(page, line) for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    found = []
    for page, line in lines:
        for command in line.split("#")[0].split("&&"):
            if command.strip().startswith("channelsim "):
                found.append((str(page), command.strip()))
    return found


def guide_and_variants() -> tuple[str, list[str]]:
    """The guide's blocks, one after the other, are a whole scenario; one with a section that was there before is
    a variant, which replaces that section."""
    whole, variants, seen = "", [], set()
    for block in blocks(Path("docs/scenario.md"), "yaml"):
        sections = set(re.findall(r"^(\w+):", block, re.MULTILINE))
        if sections & seen:
            variants.append(block)
        else:
            whole += block
            seen |= sections
    return whole, variants


@pytest.fixture
def guide() -> str:
    return guide_and_variants()[0]


def test_the_guides_blocks_make_a_scenario(guide: str, tmp_path: Path) -> None:
    path = tmp_path / "pumps.yaml"
    path.write_text(guide)
    assert set(load(str(path)).strategies) == {"as_today", "all_by_phone", "one_more_visitor"}


LEVERS = """
channelsim: 1
name: As the page on levers has it
horizon: {start: 2027-01-04, months: 12}
segments: {small: {deal_value: 9000}, enterprise: {deal_value: 90000}}
sources: {web: {leads_per_month: 30, mix: {small: 0.8, enterprise: 0.2}}}
teams: {inside: {channel: inside, headcount: 2}}
motions: {phone: {steps: {call: {team: inside}, close: {team: inside}}}}
"""


def merged(base: dict[str, Any], block: dict[str, Any]) -> dict[str, Any]:
    both = {key: base[key] for key in base if isinstance(base[key], dict) and isinstance(block.get(key), dict)}
    return base | block | {key: merged(base[key], block[key]) for key in both}


@pytest.mark.parametrize("block", blocks(Path("docs/levers.md"), "yaml"))
def test_what_the_page_on_levers_writes_is_sound(block: str) -> None:
    yaml = YAML(typ="safe")
    written = yaml.load(block)
    if "advance" in written:
        written = {"motions": {"phone": {"steps": {"close": written}}}}
    load(merged(yaml.load(LEVERS), written))


def test_the_guides_variants_load_in_place_of_the_sections_they_replace(guide: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    variants = guide_and_variants()[1]
    assert variants
    for variant in variants:
        changed = yaml.load(variant)
        study = load({**yaml.load(guide), **changed})
        assert set(study.strategies) == set(changed.get("strategies", study.strategies))


def test_the_guides_mistakes_are_reported_as_it_shows(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for right, wrong in MISTAKES:
        assert right in guide
        guide = guide.replace(right, wrong, 1)
    Path("broken.yaml").write_text(guide)
    with pytest.raises(ScenarioError) as refused:
        load("broken.yaml")
    (shown,) = blocks(Path(__file__).parents[1] / "docs" / "scenario.md", "text")
    assert "\n".join(str(problem) for problem in refused.value.problems) == shown.strip()


@pytest.mark.parametrize(("page", "command"), commands())
def test_commands_are_understood(page: str, command: str) -> None:
    verb, *arguments = shlex.split(command)[1:]
    assert isinstance(main, click.Group)
    if verb == "--version":
        return
    found = main.get_command(click.Context(main), verb)
    assert found is not None, command
    found.make_context(verb, arguments)


def test_there_are_commands_to_understand() -> None:
    assert len({page for page, _ in commands()}) >= 3


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_reference_of_fields_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "docs/make_fields.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("months", "whole number 1 to 240"),
        ("seasonality", "list of 12 numbers ≥ 0"),
        ("annual_quota", "number > 0"),
        ("annual_churn", "number > 0, ≤ 1"),
        ("gross_margin", "share 0 to 1"),
        ("headcount", "whole number 0 to 10,000 or {month: whole number 0 to 10,000}"),
    ],
)
def test_the_reference_of_fields_gives_the_bounds_of_numbers(field: str, kind: str) -> None:
    page = Path("docs/fields.md").read_text()
    assert f"| `{field}` | {kind} |" in page
    assert "| `gamma` | `mean` > 0; `cv` 0.05 to 10 |" in page


def test_the_readme_names_the_folder_that_its_first_command_writes() -> None:
    study = load("scenarios/quickstart.yaml")
    assert isinstance(study.scenario.replications, int)
    name = f"quickstart-{content_hash(study, study.scenario.seed, study.scenario.replications)[:HASH_LENGTH]}"
    text = Path("README.md").read_text()
    assert f"Files: outputs/{name}\n" in text
    assert f"channelsim reprice outputs/{name} " in text
