"""A plan of many points: which parameters vary, over which values, and in which combinations.

A plan is a small YAML file, or what several `--vary` options mean:

    design: latin_hypercube        # grid (all combinations), list, latin_hypercube, sobol
    points: 256                    # of latin_hypercube and sobol
    replications: 40
    vary:
      teams.inside.headcount: 2:12
      sources.*.leads_per_month: x0.5:x2
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from channelsim.errors import Problem, ScenarioError, suggest
from channelsim.scenario.base import Record
from channelsim.scenario.reader import read_file
from channelsim.scenario.schema import MAX_REPLICATIONS
from channelsim.scenario.tree import Tree
from channelsim.scenario.vary import Range, Variation, parse_range, parse_variation

MOST_POINTS = 10_000_000
SPACE_FILLING = ("latin_hypercube", "sobol")
Design = Literal["grid", "list", "latin_hypercube", "sobol"]


class PlanFile(Record):
    """What a plan's file may say."""

    design: Design = Field(default="grid", description="how values are combined")
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = Field(
        default=None, description="how many, of latin_hypercube and sobol"
    )
    vary: dict[str, Any] = Field(default={}, description="dotted path -> values, as --vary has them, or a list")
    combinations: list[dict[str, Any]] = Field(default=[], description="of design list: dotted path -> value, each")
    replications: Annotated[int, Field(ge=1, le=MAX_REPLICATIONS)] | None = Field(
        default=None,
        description="how often each strategy is simulated at each point; omitted = as the scenario says",
    )
    strategies: list[str] = Field(default=[], description="those to simulate; omitted = all")


@dataclass(frozen=True)
class Plan:
    """Parameters and how their values are combined. ranges: of a design that fills space between ends."""

    design: Design
    variations: tuple[Variation, ...] = ()
    ranges: tuple[Range, ...] = ()
    combinations: tuple[tuple[tuple[str, Any], ...], ...] = ()
    points: int = 0
    replications: int | None = None
    strategies: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The parameters, in order."""
        if self.design == "list":
            return tuple(dict.fromkeys(path for each in self.combinations for path, _ in each))
        return tuple(each.path for each in (self.variations or self.ranges))

    def __len__(self) -> int:
        """How many points there are."""
        if self.design == "grid":
            return math.prod(len(each.values) for each in self.variations)
        return len(self.combinations) if self.design == "list" else self.points


def plan_of(varied: Sequence[str]) -> Plan:
    """The grid that `--vary` options mean. Raises ScenarioError for what makes no range and no list."""
    variations: list[Variation] = []
    problems: list[Problem] = []
    for each in varied:
        try:
            variations.append(parse_variation(each))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return Plan("grid", tuple(variations))


def read_plan(file: str | PathLike[str]) -> Plan:
    """A plan from its file. Raises ScenarioError with everything that is wrong with it."""
    tree = read_file(file)
    try:
        written = PlanFile.model_validate(tree.data)
    except ValidationError as error:
        raise ScenarioError(
            [*tree.problems, *(_in_words(tree, each) for each in error.errors(include_url=False))]
        ) from None
    problems = [*tree.problems, *_inconsistent(tree, written)]
    if problems:
        raise ScenarioError(problems)
    common: dict[str, Any] = {"replications": written.replications, "strategies": tuple(written.strategies)}
    if written.design == "list":
        return Plan("list", combinations=tuple(tuple(each.items()) for each in written.combinations), **common)
    axes: list[Any] = []
    for path, values in written.vary.items():
        text = ",".join(map(_as_written, values)) if isinstance(values, list) else str(values)
        try:
            parse = parse_variation if written.design == "grid" else parse_range
            axes.append(parse(f"{path}={text}"))
        except ScenarioError as error:
            at = ("vary", path)
            problems += [tree.value_place(at).problem(at, each.message) for each in error.problems]
    if problems:
        raise ScenarioError(problems)
    if written.design == "grid":
        return Plan("grid", tuple(axes), **common)
    return Plan(written.design, ranges=tuple(axes), points=written.points or 0, **common)


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _inconsistent(tree: Tree, written: PlanFile) -> list[Problem]:
    """What is given that the design has no use for, and what it lacks."""

    def problem(field: str, message: str) -> Problem:
        at = (field,)
        place = tree.value_place(at) if field in tree.data else tree.key_place(())
        return place.problem(at, message)

    found = []
    if written.design == "list":
        if not written.combinations:
            found.append(problem("combinations", "nothing in it; write a list of {dotted path: value}"))
        if written.vary:
            found.append(problem("vary", "beside design: list, which takes combinations; write one of the two"))
    else:
        if not written.vary:
            found.append(
                problem("vary", "nothing in it; write what varies, such as {teams.inside.headcount: 2:12:1}")
            )
        if written.combinations:
            found.append(problem("combinations", "only with design: list; leave it out"))
    if written.design in SPACE_FILLING and written.points is None:
        found.append(problem("points", f"missing; design: {written.design} needs to know how many"))
    if written.design not in SPACE_FILLING and written.points is not None:
        found.append(problem("points", f"only with {' or '.join(SPACE_FILLING)}; leave it out"))
    return found


def _in_words(tree: Tree, error: Any) -> Problem:
    """What the schema says about a plan's file."""
    at = tuple(part for part in error["loc"] if not str(part).endswith("]"))
    if error["type"] == "extra_forbidden":
        known = suggest(at[-1], PlanFile.model_fields)
        return tree.key_place(at).problem(at, f"unknown field '{at[-1]}'; {known}")
    if error["type"] == "literal_error":
        message = f"'{error['input']}'; must be grid, list, latin_hypercube or sobol"
        return tree.value_place(at).problem(at, message)
    field = PlanFile.model_fields.get(str(at[0])) if at else None
    wanted = field.description if field else "a mapping of fields"
    return tree.value_place(at).problem(at, f"{error['input']!r} makes no sense here; it is {wanted}")
