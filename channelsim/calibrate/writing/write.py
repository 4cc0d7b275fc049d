"""The scenario as text: every figure with its interval and what it rests on, or marked as assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from channelsim.calibrate.estimates import Estimate, Fit, SourceFit
from channelsim.calibrate.records import LOST, OPEN, WON
from channelsim.calibrate.writing.draft import (
    ALWAYS,
    Draft,
    counts_of,
    draft_of,
    source_named,
)
from channelsim.calibrate.writing.figures import figure, interval, interval_alone, number, shares
from channelsim.calibrate.writing.lines import Lines, flow, named, quoted, said
from channelsim.calibrate.writing.motion_text import empirical_text, family_text, motions_text
from channelsim.calibrate.writing.roominess import with_room
from channelsim.calibrate.writing.settle import Settled, settle
from channelsim.calibrate.writing.staffing import BUSY, largest_route, routed
from channelsim.calibrate.writing.template import DEFAULT_TEMPLATE, find_template, plain
from channelsim.scenario.schema import IMPLICIT_STRATEGY

REPLICATIONS = 200
ONLY = "only_"
LEAST_QUOTA = 1.0


@dataclass(frozen=True)
class Written:
    """A scenario that was written."""

    text: str
    settled: Settled
    template: str
    assumed: tuple[str, ...]  # what the data could not say, in words
    notes: tuple[str, ...]  # what the reader should know


def write_scenario(
    fit: Fit, template: str = DEFAULT_TEMPLATE, *, file: str = "scenario.yaml", start: dt.date | None = None
) -> Written:
    """A scenario of what was learnt, the rest assumed from a template, settled against its own simulation.

    template: a shipped one's name or a scenario file. file: what the text calls itself where it says how to run it.
    start: of the horizon; None: the month after the cut-off's. Raises UserError for a template that is none.
    """
    draft = with_room(draft_of(fit, find_template(template), start), scenario_text)
    settled = settle(draft, scenario_text)
    final = settled.draft
    notes = (*final.notes, *settled.sentences)
    return Written(scenario_text(final, file, notes), settled, final.template.name, tuple(_assumed(final)), notes)


def scenario_text(draft: Draft, file: str = "scenario.yaml", notes: tuple[str, ...] = ()) -> str:
    """The text of a draft."""
    lines = Lines()
    lines.raw("# yaml-language-server: $schema=./channelsim.schema.json")
    _head(lines, draft, file, notes)
    _what(lines, draft)
    _segments(lines, draft)
    _sources(lines, draft)
    _teams(lines, draft)
    motions_text(lines, draft)
    _strategies(lines, draft)
    return lines.text()


def _head(lines: Lines, draft: Draft, file: str, notes: tuple[str, ...]) -> None:
    export = draft.fit.export
    counts = counts_of(draft.fit)
    files = ", ".join(said(each) for each in export.files)
    window = ""
    if export.origin is not None:
        first, last = (export.origin + dt.timedelta(days=day) for day in (export.first_day, export.cutoff_day))
        window = f", created from {first} on, as they stood on {last}"
    lines.remark(
        f"Calibrated from {files}: {len(export.deals):,} deals{window}. {counts[WON]:,} were won, "
        f"{counts[LOST]:,} lost, {counts[OPEN]:,} are open."
    )
    lines.raw("#")
    lines.raw(f"#   channelsim run {said(file)}")
    lines.raw("#")
    lines.remark(
        'An interval ("0.28 to 0.34, n = 619") stands beside what was estimated, and holds with 90%. What is '
        '`uncertain` is drawn from what is believed about it, once in each replication. What is marked "assumed" '
        f"the export cannot say: it is the template {draft.template.name}'s, and yours to replace, effort and pay "
        "before all."
    )
    if len(draft.fit.routes) > 1:
        lines.raw("#")
        lines.remark(
            "CAUTION: the routes got different deals. Whoever sent them chose, the better ones went where they "
            "were thought to do best, and so what differs between routes below is what was seen, not what a route "
            f"does to a deal. `{ONLY}...` strategies say what happened if a route did with all deals as it did "
            "with its own, which nobody has seen."
        )
    if notes:
        lines.raw("#")
        for note in notes:
            lines.remark(said(note, 1000))


def _what(lines: Lines, draft: Draft) -> None:
    export = draft.fit.export
    lines.field(0, "channelsim", "1")
    lines.field(0, "name", quoted(f"{said(PurePath(export.files[0]).stem, 60)}, calibrated"))
    lines.field(0, "description", quoted(f"{len(export.deals):,} deals of the export, by what was seen of them."))
    lines.field(0, "currency", export.currency)
    lines.field(0, "replications", str(REPLICATIONS))
    lines.gap()
    if export.origin is None:
        lines.remark("The export has no dates: the horizon's start is the template's.")
    else:
        lines.remark("From the month after the export's last on. The pipeline fills before a year is measured.")
    months = f"months: {draft.months}, warmup_months: {draft.warmup_months}"
    lines.field(0, "horizon", f"{{start: {draft.start}, {months}}}")
    lines.gap()


def _segments(lines: Lines, draft: Draft) -> None:
    lines.remark("Who buys.")
    lines.field(0, "segments")
    for name in draft.fit.export.segments:
        lines.field(1, named(name), comment=_label(draft, name))
        _deal_value(lines, draft, name)
        terms = draft.segments[name]
        for field, value in terms.fields.items():
            lines.field(2, field, flow(value), draft.template.source(terms.place))
    lines.gap()


def _deal_value(lines: Lines, draft: Draft, segment: str) -> None:
    spread = draft.fit.values.get(segment)
    if spread is None:
        theirs = draft.segments_like[segment]
        value = plain(draft.template.scenario.segments[theirs].deal_value)
        lines.field(2, "deal_value", flow(value), draft.template.source(f"segments.{theirs}: no amounts"))
        return
    mean = f"mean {interval(spread.mean)}"
    if spread.family == "empirical":
        lines.field(2, "deal_value", empirical_text(spread.values), mean)
        return
    cv = "" if spread.family == "exponential" else f"; cv {interval_alone(spread.cv)}"
    text = family_text(spread.family, figure(spread.mean, least=0), min(max(spread.cv.value, 0.05), 10.0))
    lines.field(2, "deal_value", text, mean + (cv if spread.cv.sd > 0 else ""))


def _sources(lines: Lines, draft: Draft) -> None:
    fit = draft.fit
    if fit.sources:
        lines.remark(
            "Where deals come from: as many a month as at the end of the export, when this begins. A deal here is "
            "a row of the export, which costs what the template's leads cost that it takes to get one."
        )
    else:
        lines.remark("Where deals come from. The export has no dates, so nobody knows how many come in a month.")
    lines.field(0, "sources")
    for name in draft.sources:
        lines.field(1, named(name), comment=_label(draft, name))
        found = source_named(fit, name)
        if found is None:
            _undated_source(lines, draft, name)
        else:
            _dated_source(lines, draft, found)
        terms = draft.sources[name]
        for field, value in terms.fields.items():
            text = number(value, 2) if field == "cost_per_lead" else flow(value)
            lines.field(2, field, text, draft.template.source(terms.place))
    lines.gap()


def _dated_source(lines: Lines, draft: Draft, source: SourceFit) -> None:
    lines.field(2, "leads_per_month", figure(source.per_month, least=0), interval(source.per_month))
    if source.annual_growth is not None:
        lines.field(2, "annual_growth", figure(source.annual_growth, least=-0.99), interval(source.annual_growth))
    if source.seasonality is not None:
        widest = max(each.high - each.low for each in source.seasonality)
        factors = [round(each.value, 2) for each in source.seasonality]
        lines.field(2, "seasonality", flow(factors), f"each known to ± {widest / 2:.2f} at least")
    _mix(lines, draft, source.mix)


def _undated_source(lines: Lines, draft: Draft, name: str) -> None:
    fit = draft.fit
    share = fit.source_shares.get(name)
    leads = draft.deals_a_month * (share.value if share else 1.0 / len(draft.sources))
    lines.field(2, "leads_per_month", number(leads, 3), draft.template.source("its opportunities"))
    _mix(lines, draft, fit.segment_shares)


def _mix(lines: Lines, draft: Draft, mix: Mapping[str, Estimate]) -> None:
    """Shares of segments: plain numbers, for they have to add up to 1."""
    segments = draft.fit.export.segments
    if len(segments) == 1:
        lines.field(2, "mix", f"{{{named(segments[0])}: 1}}")
        return
    known = {name: max(mix[name].value, 0.0) if name in mix else 0.0 for name in segments}
    rounded = shares(known if sum(known.values()) > 0 else dict.fromkeys(segments, 1.0))
    lines.field(2, "mix")
    for name in segments:
        lines.field(3, named(name), number(rounded[name], 6), interval(mix[name]) if name in mix else "none seen")


def _teams(lines: Lines, draft: Draft) -> None:
    lines.remark("Who sells: a team for each route. Where the export names owners, headcounts are theirs.")
    lines.field(0, "teams")
    for route in draft.fit.routes:
        _team(lines, draft, route.name)
    lines.gap()


def _team(lines: Lines, draft: Draft, route: str) -> None:
    staff, team, place = draft.staff[route], draft.team[route], f"teams.{draft.team_place[route]}"
    people = next((each for each in draft.fit.people if each.route == route), None)
    assumed = draft.template.source(place)
    lines.field(1, named(draft.team_name[route]))
    lines.field(2, "channel", draft.fit.export.route(route).channel)
    if staff.is_observed:
        assert people is not None
        seen = f"{number(people.headcount or 0, 3)} owners at work at once on average, {people.owners:,} in all"
        lines.field(2, "headcount", str(staff.headcount), f"{seen}; {staff.busy:.0%} busy with the work below")
    else:
        sized = f"assumed: so that they are {staff.busy:.0%} busy with the work below"
        lines.field(2, "headcount", str(staff.headcount), sized)
    lines.field(2, "hours", flow(plain(team.hours)), assumed)
    queue = {field: value for field, value in plain(team.queue).items() if field != "max_open_deals"}
    if queue.get("discipline") == "best_score":
        del queue["discipline"]  # needs scores, which nobody gives here
    if queue:
        held = people.open_deals if people else None
        seen = f"; open deals a rep: {held[0]:.0f} on average, nine in ten at most {held[1]:.0f}" if held else ""
        lines.field(2, "queue", flow(queue), f"{assumed}{seen}")
    _people(lines, draft, route, assumed)
    pay = plain(team.pay)
    if pay:
        lines.field(2, "pay")
    for field, value in pay.items():
        if field == "annual_quota" and draft.quota[route] >= LEAST_QUOTA:
            paid = "assumed: what a rep books here, so that variable pay is as on target"
            lines.field(3, field, number(draft.quota[route], 2), paid)
        else:
            lines.field(3, field, flow(value), assumed)


def _people(lines: Lines, draft: Draft, route: str, assumed: str) -> None:
    """How reps learn and leave: what the export says, the rest as in the template."""
    seen = next((each for each in draft.fit.people if each.route == route), None)
    fields = plain(draft.team[route].people)
    kept = (
        "selling_share", "ramp_months", "ramp_start", "skill_cv", "annual_attrition", "hire_days", "orphan_share",
    )  # fmt: skip
    known = {
        "ramp_months": (seen.ramp_months, 1e6),
        "annual_attrition": (seen.annual_attrition, 1e6),
        "skill_cv": (seen.skill_cv, 2.0),
    } if seen else {}  # fmt: skip
    lines.field(2, "people")
    written = 0
    for name in kept:
        estimate, most = known.get(name, (None, 0.0))
        if estimate is not None:
            lines.field(3, name, figure(estimate, 0, most), interval(estimate))
        elif name in fields:
            value = fields[name]
            if isinstance(value, dict) and "dist" not in value:
                value = {ours: value[theirs] for ours, theirs in draft.segments_like.items()}
            lines.field(3, name, flow(value), assumed)
        else:
            continue
        written += 1
    if not written:
        lines.field(3, "selling_share", "1", assumed)


def _strategies(lines: Lines, draft: Draft) -> None:
    lines.remark(
        "As it is: each segment goes the way that it went. A later rule's share is of those whom the rules before "
        "left over; shares of the segment, and what is known of them, stand beside."
    )
    lines.field(0, "strategies")
    lines.field(1, IMPLICIT_STRATEGY)
    lines.field(2, "routing")
    for rule, comment in routing_rules(draft):
        lines.item(3, rule, comment)
    if draft.alone:
        lines.remark(
            "If one route had everything, staffed to be as busy as the teams are together. See the caution above.",
            1,
        )
    for route, headcount in draft.alone.items():
        lines.field(1, f"{ONLY}{route}")
        lines.field(2, "routing", f"[{{motion: {named(route)}}}]")
        for each in draft.fit.routes:
            seats = headcount if each.name == route else 0
            comment = "assumed: the work of all deals" if each.name == route else ""
            lines.field(2, f"teams.{draft.team_name[each.name]}.headcount", str(seats), comment)


def routing_rules(draft: Draft) -> list[tuple[str, str]]:
    """The observed routing: rules in order, each with its comment. The largest route takes whom no rule took."""
    fit = draft.fit
    largest = largest_route(fit)
    rules = []
    for segment in fit.export.segments:
        estimates = next((each.shares for each in fit.routing if each.segment == segment), {})
        left = 1.0
        ways = {name: share for name, share in routed(fit, segment).items() if share > 1 - ALWAYS}
        ordered = [name for name in ways if name != largest] + [name for name in ways if name == largest]
        for at, name in enumerate(ordered):
            is_last = at == len(ordered) - 1
            if name == largest:
                break
            when = [f"segment: {named(segment)}"] if len(fit.export.segments) > 1 else []
            if not is_last:
                when.append(f"share: {number(min(ways[name] / left, 1.0), 4)}")
            left -= ways[name]
            condition = f"when: {{{', '.join(when)}}}, " if when else ""
            rules.append((f"{{{condition}motion: {named(name)}}}", interval(estimates[name])))
    return [*rules, (f"{{motion: {named(largest)}}}", "the others")]


def _label(draft: Draft, name: str) -> str:
    label = said(draft.fit.export.labels.get(name, name))
    return "" if label.lower() in name.lower() else label


def _assumed(draft: Draft) -> Iterator[str]:
    """What the data could not say, in words."""
    template = draft.template.name
    if not draft.fit.sources:
        yield f"deals a month: {draft.deals_a_month:.0f}, those of {template} (the export has no dates)"
    sized = [draft.team_name[name] for name, staff in draft.staff.items() if not staff.is_observed]
    if sized:
        yield f"headcounts of {', '.join(sized)}: such that they are about {BUSY:.0%} busy at most"
    yield "effort, touches, visits, travel and patience at each step"
    people = {each.route: each for each in draft.fit.people}
    unknown = {
        "ramp": any(name not in people or people[name].ramp_months is None for name in draft.staff),
        "attrition": any(name not in people or people[name].annual_attrition is None for name in draft.staff),
        "differences of skill": any(name not in people or people[name].skill_cv is None for name in draft.staff),
    }
    terms = [
        "working hours",
        "queues",
        "pay",
        "hiring",
        *(word for word, is_unknown in unknown.items() if is_unknown),
    ]
    yield f"{', '.join(terms[:-1])} and {terms[-1]} of teams of which the export does not say it"
    yield "gross margins, churn, cost of a deal's leads, when in the week they come"
    yield "that a deal lost does not come back"
