"""A scenario's levers in plain words: what is rolled out, how the process fits the buyer, what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from channelsim.program.initiatives import Rollout
from channelsim.program.layout import layout_of
from channelsim.scenario.buying import Alignment, Fit, alignments
from channelsim.scenario.initiatives import Effect, Initiative
from channelsim.scenario.load import Study
from channelsim.scenario.routing import names_in
from channelsim.scenario.schema import Scenario

CHANGES = {
    "advance": "chance of a yes",
    "reach": "chance of reaching a buyer",
    "attempt_hours": "time for an attempt",
    "effort_hours": "work on a touch",
    "buyer_days": "days that buyers take",
    "handoff_leak": "leads dropped at hand-offs",
    "leads": "leads",
    "deal_value": "deal values",
    "selling_share": "selling time",
    "ramp_months": "ramp",
    "annual_attrition": "attrition",
    "annual_churn": "churn",
    "annual_expansion": "expansion",
}


def rollout_lines(study: Study) -> list[str]:
    """What each strategy rolls out, and what that amounts to in the last month: a line for every initiative."""
    strategies: dict[tuple[str, ...], list[str]] = {}
    for name, scenario in study.strategies.items():
        if scenario.initiatives:
            strategies.setdefault(tuple(_rollout(scenario)), []).append(name)
    lines = []
    for rollout, names in strategies.items():
        everyone = "every strategy" if len(names) == len(study.strategies) > 1 else " and ".join(names)
        lines += [f"{everyone}: {rollout[0]}", *rollout[1:]]
    return lines


def _rollout(scenario: Scenario) -> Iterator[str]:
    rollout = Rollout(scenario, layout_of(scenario))
    yield (", ".join(rollout.initiatives) or "nothing") + _strain(scenario, rollout)
    for name, initiative in rollout.initiatives.items():
        realised = float(rollout.realised(name)[-1])
        effects = ", ".join(_effect(effect, realised) for effect in initiative.effects) or "no effects"
        when = f"from month {initiative.start_month}, " if initiative.start_month else ""
        yield f"  {name} ({when}{_who(initiative)}): {effects} in the last month"


def _strain(scenario: Scenario, rollout: Rollout) -> str:
    """What keeps the organisation from doing it all at once and well."""
    words = []
    beyond = int(rollout.excess.max())
    if beyond:
        words.append(f"up to {beyond} more at once than its focus of {scenario.execution.focus}")
    loose = {team: int(rollout.loose_pairs(team).max()) for team in rollout.layout.teams}
    pairs = [f"{count} in {team}" for team, count in loose.items() if count]
    if pairs:
        words.append(f"pairs of tools not integrated: {', '.join(pairs)}")
    return f" ({'; '.join(words)})" if words else ""


def _effect(effect: Effect, realised: float) -> str:
    where = [
        *([f"at {' and '.join(names_in(effect.steps))}"] if effect.steps else []),
        *([f"from {' and '.join(names_in(effect.sources))}"] if effect.sources else []),
        *([f"of {' and '.join(names_in(effect.segments))}"] if effect.segments else []),
        *([f"in {' and '.join(names_in(effect.teams))}"] if effect.teams else []),
    ]
    return " ".join([CHANGES[effect.change], *where, f"{effect.by * realised:+.1%}"])


def _who(initiative: Initiative) -> str:
    return "all teams" if initiative.teams is None else " and ".join(initiative.teams)


def has_buying_cycles(scenario: Scenario) -> bool:
    """Whether there is a mapping to show."""
    return any(segment.buying_cycle for segment in scenario.segments.values())


def mapping_table(scenario: Scenario) -> Table:
    """How each motion's steps serve each segment's buying cycle."""
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("segment", "motion", "sales step", "serves", "fit"):
        table.add_column(heading, overflow="fold")
    for segment_name, segment in scenario.segments.items():
        for motion_name, motion in scenario.motions.items():
            aligned = alignments(motion, segment.buying_cycle) if segment.buying_cycle else []
            for row, alignment in enumerate(aligned):
                whose = ("", "") if row else (segment_name, motion_name)
                words = (*whose, alignment.step, alignment.serves or "nothing of the buyer's", _fit(alignment))
                table.add_row(*(escape(word) for word in words))
    return table


def _fit(alignment: Alignment) -> str:
    words = [str(alignment.fit)] if alignment.fit is not Fit.ALIGNED or not alignment.missing else []
    if alignment.missing:
        words.append(f"{' and '.join(alignment.missing)} left to the buyer alone")
    return "; ".join(words)


def belief_lines(study: Study) -> Iterator[str]:
    """Every uncertain number, once, with where nine tenths of the belief lie."""
    seen: set[str] = set()
    for beliefs in study.beliefs.values():
        for each in beliefs.uncertain:
            if each.path not in seen:
                seen.add(each.path)
                yield f"{each.path}: {each.value(0.05):.3g} to {each.value(0.95):.3g}"
