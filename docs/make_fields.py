"""Write fields.md, the reference of scenario files, from the schema that the program checks them with.

python docs/make_fields.py            write it
python docs/make_fields.py --check    fail if it is out of date
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from channelsim.cli.schema import json_schema
from channelsim.scenario.distributions import DISTRIBUTION_NAMES

PAGE = Path(__file__).with_name("fields.md")
SECTIONS = (  # heading, where it stands in a file, name in the schema
    ("Scenario", "the whole file", "Scenario"),
    ("Horizon", "`horizon`", "Horizon"),
    ("Segment", "`segments.NAME`", "Segment"),
    ("Buyer step", "`segments.NAME.buying_cycle.NAME`", "BuyerStep"),
    ("Source", "`sources.NAME`", "Source"),
    ("Budget", "`sources.NAME.budget`", "Budget"),
    ("Content", "`sources.NAME.content`", "Content"),
    ("Week pattern", "`sources.NAME.arrivals`, if not one of the three patterns", "WeekPattern"),
    ("Team", "`teams.NAME`", "Team"),
    ("Hours", "`teams.NAME.hours`", "Hours"),
    ("Queue", "`teams.NAME.queue`", "Queue"),
    ("People", "`teams.NAME.people`", "People"),
    ("Freeze", "`teams.NAME.people.hiring_freezes`, a list", "Freeze"),
    ("Promotion", "`teams.NAME.people.promotion`", "Promotion"),
    ("Managers", "`teams.NAME.people.managers`", "Managers"),
    ("Pay", "`teams.NAME.pay`", "Pay"),
    ("Draw", "`teams.NAME.pay.draw`", "Draw"),
    ("Team bonus", "`teams.NAME.pay.team_bonus`", "TeamBonus"),
    ("Motion", "`motions.NAME`", "Motion"),
    ("Nurture", "`motions.NAME.nurture`", "Nurture"),
    ("Step", "`motions.NAME.steps.NAME`", "Step"),
    ("Attempts", "`motions.NAME.steps.NAME.attempts`", "Attempts"),
    ("Half-lives", "`motions.NAME.steps.NAME.attempts.cooling`, if not a table", "HalfLives"),
    ("Handoff", "`motions.NAME.steps.NAME.handoff`", "Handoff"),
    ("Routing rule", "`routing`, a list", "RoutingRule"),
    ("When", "`routing`, `when`", "When"),
    ("Value range", "`routing`, `when`, `deal_value`", "ValueRange"),
    ("Score range", "`routing`, `when`, `score`", "ScoreRange"),
    ("Overflow", "`routing`, `when`, `overflow`", "Overflow"),
    ("Initiative", "`initiatives.NAME`", "Initiative"),
    ("Adoption", "`initiatives.NAME.adoption`", "Adoption"),
    ("Effect", "`initiatives.NAME.effects`, a list", "Effect"),
    ("Brings", "`initiatives.NAME.brings`", "Brings"),
    ("Integration", "`integrations`, a list", "Integration"),
    ("Execution", "`execution`", "Execution"),
    ("Lead fit", "`lead_fit`", "LeadFit"),
    ("Referrals", "`referrals`", "Referrals"),
    ("Misalignment", "`misalignment`", "Misalignment"),
    ("Penalty", "`misalignment.extra_step` and the others", "Penalty"),
    ("Environment", "`environment`", "Environment"),
    ("Regime", "`environment.regimes.NAME`", "Regime"),
    ("Shock", "`environment.shocks.NAME`", "Shock"),
    ("Seasons", "`environment.seasonality`", "Seasons"),
    ("Finance", "`finance`", "Finance"),
)
KEYS = {  # what the names in a mapping are, where they are not the author's own
    "headcount": "month",
    "value_factor": "deal value",
    "cooling": "age",
    "source_factor": "source",
    "mix": "segment",
    "tool_seats_per_month": "tool",
    "strategies": "strategy",
    "mean": "source",
    "per_month": "month",
    "then": "regime",
    "rates": "attainment",
}
SINGULAR = r"^(number|whole number|date|text|\[[^\]]*)"
TOO_LARGE_TO_MATTER = 10**15
KINDS = {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}
OPENING = """# Fields of a scenario file

Every field, from the schema that files are checked with (`channelsim schema` gives it to an editor). The
[guide](scenario.md) shows how they work together, [behaviour](behaviour.md) what they do.

Fields marked **·** in the column *default* must be given. A *distribution* is a number ≥ 0 (always exactly this) or
one of those [below](#distributions). *By segment*: one value for everyone, or a mapping that gives each segment its
own. Money is in the scenario's currency; the other units stand in the names. Bounds stand beside the kind of value:
a *share 0 to 1* may be 0, 1 or anything between, *> 0* leaves out 0 itself.
"""


def page() -> str:
    """The reference as Markdown."""
    schema = json_schema()
    definitions = {"Scenario": schema, **schema["$defs"]}
    parts = [OPENING]
    left_out = set(definitions) - {name for _, _, name in SECTIONS} - _distributions(definitions)
    if left_out:
        sys.exit(f"no section for {', '.join(sorted(left_out))}; add it to SECTIONS in {Path(__file__).name}")
    for heading, place, name in SECTIONS:
        definition = definitions[name]
        parts.append(f"## {heading}\n\n{place}: {_sentence(definition['description'])}\n")
        parts.append(_table(definition))
    parts.append("## Distributions\n\n`{dist: NAME, …}`, wherever a distribution may stand.\n")
    by_name = {
        d["properties"]["dist"]["const"]: d for d in definitions.values() if "dist" in d.get("properties", {})
    }
    rows = ["| name | fields | meaning |", "|---|---|---|"]
    for name in DISTRIBUTION_NAMES:
        definition = by_name[name]
        fields = "; ".join(_parameter(*field) for field in definition["properties"].items() if field[0] != "dist")
        rows.append(f"| `{name}` | {fields} | {_sentence(definition['description'])} |")
    parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _parameter(name: str, field: dict[str, Any]) -> str:
    """A field of a distribution with its bounds, which for a list are those of its items."""
    given = next((option for option in field.get("anyOf", ()) if option["type"] != "null"), field)
    return " ".join(filter(None, (f"`{name}`", _bounds(given.get("items", given)))))


def _distributions(definitions: dict[str, Any]) -> set[str]:
    return {name for name, definition in definitions.items() if "dist" in definition.get("properties", {})}


def _table(definition: dict[str, Any]) -> str:
    required = definition.get("required", ())
    rows = ["| field | value | default | meaning |", "|---|---|---|---|"]
    for name, field in definition["properties"].items():
        default = "**·**" if name in required else _written(field.get("default"))
        rows.append(
            f"| `{name}` | {_kind(field, KEYS.get(name, 'name'))} | {default} | {_cell(field['description'])} |"
        )
    return "\n".join(rows) + "\n"


def _kind(field: dict[str, Any], key: str = "name") -> str:
    """What may be written, in words."""
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return _named(field["$ref"])
    if "anyOf" in field:
        return _one_of(field["anyOf"], key)
    if field["type"] == "array":
        return _list_of(field)
    if field["type"] == "object":
        values = next(iter(field.get("patternProperties", {}).values()), field.get("additionalProperties"))
        return f"{{{key}: {_kind(values, 'path') if isinstance(values, dict) else 'value'}}}"
    if field.get("format") == "date":
        return "date"
    kind = "share" if (field.get("minimum"), field.get("maximum")) == (0, 1) else KINDS[field["type"]]
    return " ".join(filter(None, (kind, _bounds(field))))


def _bounds(field: dict[str, Any]) -> str:
    """What a number may be at least and at most, as in "0 to 1", "≥ 0" or "> 0, ≤ 1"."""
    least, most = field.get("minimum"), field.get("maximum")
    if least is not None and most is not None and most < TOO_LARGE_TO_MATTER:
        return f"{least:,} to {most:,}"
    above = field.get("exclusiveMinimum")
    words = [f"{sign} {bound:,}" for sign, bound in ((">", above), ("≥", least)) if bound is not None]
    words += [f"≤ {most:,}"] if most is not None and most < TOO_LARGE_TO_MATTER else []
    return ", ".join(words)


def _list_of(field: dict[str, Any]) -> str:
    least, most = field.get("minItems"), field.get("maxItems")
    count = f"{least} " if least is not None and least == most else ""
    items = re.sub(SINGULAR, r"\1s", _kind(field["items"]), count=1)
    return f"list of {count}{items}"


def _one_of(options: list[dict[str, Any]], key: str) -> str:
    present = [option for option in options if option.get("type") != "null"]
    if any(option.get("$ref", "").endswith("/Constant") for option in present):
        by_segment = any("additionalProperties" in option for option in present)
        return "distribution, by segment" if by_segment else "distribution"
    kinds = list(dict.fromkeys(_kind(option, key) for option in present))
    if len(kinds) == 2 and kinds[1] == f"{{name: {kinds[0]}}}":
        return f"{kinds[0]}; by segment"
    return " or ".join(kinds)


def _named(reference: str) -> str:
    name = reference.rsplit("/", 1)[1]
    heading = next((heading for heading, _, section in SECTIONS if section == name), None)
    return "distribution" if heading is None else f"[{heading.lower()}](#{heading.lower().replace(' ', '-')})"


def _written(default: Any) -> str:
    if default is None or default == "":
        return "none"
    if isinstance(default, dict):
        return "as below" if default else "none"
    if isinstance(default, list):
        return "none"
    return f"`{default:g}`" if isinstance(default, float) else f"`{json.dumps(default).strip(chr(34))}`"


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _sentence(text).replace("|", "\\|")


def main() -> int:
    """Write the page, or with --check compare it with what would be written."""
    if sys.argv[1:] == ["--check"]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print(f"{PAGE} is out of date; run: python docs/make_fields.py", file=sys.stderr)
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
