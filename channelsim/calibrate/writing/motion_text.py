"""The text of how each route sells: steps with their work, their shares that go on, and their buyers' days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from channelsim.calibrate.estimates import Estimate, Spread, StepFit
from channelsim.calibrate.records import NO, YES
from channelsim.calibrate.writing.aims import said_of
from channelsim.calibrate.writing.cells import Cell, Days, spread_of
from channelsim.calibrate.writing.draft import Draft
from channelsim.calibrate.writing.figures import believed, figure, interval, number, written
from channelsim.calibrate.writing.lines import Lines, flow, named, said

DAYS_DIGITS = 3


def motions_text(lines: Lines, draft: Draft) -> None:
    """Write the section `motions`: a motion a route."""
    lines.remark(
        "How each route sells. `advance`: the share that goes on to the next step, or is won at the last. Buyers' "
        "days are what is left of the time that deals spend in the step when the reps' work and the waiting "
        "for it, nights and weekends are taken off, such that a simulated deal spends as long in it as the "
        "export's. Those who said no and came back are new deals here, as in the export."
    )
    lines.field(0, "motions")
    for route in draft.fit.routes:
        label = said(draft.fit.export.route(route.name).label)
        wins = f": wins {_rates(route.win_rate)}" if route.win_rate else ""
        lines.field(1, named(route.name), comment=f"{label}{wins}")
        factor = draft.fit.value_factor.get(route.name)
        if factor is not None and len(draft.fit.routes) > 1:
            text = figure(factor, least=0)
            lines.field(2, "deal_value_factor", text, f"its deals against all: {interval(factor)}")
        lines.field(2, "steps")
        for at, step in enumerate(route.steps):
            _step(lines, draft, route.name, step, is_first=at == 0)
    lines.gap()


def _rates(win_rate: Mapping[str, Estimate]) -> str:
    if len(win_rate) == 1:
        return "".join(f"{each.value:.1%}" for each in win_rate.values())
    return ", ".join(f"{name} {each.value:.1%}" for name, each in win_rate.items())


def _step(lines: Lines, draft: Draft, route: str, step: StepFit, *, is_first: bool) -> None:
    work = draft.work[route][step.step]
    assumed = draft.template.source(work.place)
    scale = draft.staff[route].effort_scale
    lines.field(3, named(step.step))
    lines.field(4, "team", named(draft.team_name[route]))
    if is_first:
        lines.field(4, "opportunity", "true")
    for field, value in work.fields.items():
        scaled = field in ("effort_hours", "travel_hours") and scale < 1
        text = flow(_times(value, scale) if scaled else value)
        remark = f"x {scale:.2f}: the reps coped" if scaled else work.remarks.get(field, "")
        lines.field(4, field, text, f"{assumed}{f'; {remark}' if remark else ''}")
    _advance(lines, draft, route, step)
    _days(lines, draft, route, step, YES, "buyer_days")
    if step.if_no is not None:
        _days(lines, draft, route, step, NO, "buyer_days_if_no")


def _advance(lines: Lines, draft: Draft, route: str, step: StepFit) -> None:
    segments = draft.fit.export.segments

    def comment(segment: str) -> str:
        estimate = step.advance.get(segment)
        if estimate is None:
            return "assumed: no deals of this segment; the mean of the others"
        kept = draft.kept_share(route, step.step, segment)
        raised = "" if kept == 1 else f"; raised from {number(estimate.value, 3)} for the {1 - kept:.1%} that cool"
        note = f"; {said(estimate.note)}" if estimate.note else ""
        return f"{interval(estimate)}{raised}{note}"

    def text(segment: str) -> str:
        estimate = step.advance.get(segment)
        if estimate is None:
            return number(sum(each.value for each in step.advance.values()) / max(len(step.advance), 1), 3)
        return figure(estimate, 0, 1, 1 / draft.kept_share(route, step.step, segment))

    _by_segment(lines, 4, "advance", segments, text, comment)


def _by_segment(
    lines: Lines,
    depth: int,
    name: str,
    segments: tuple[str, ...],
    text: Callable[[str], str],
    comment: Callable[[str], str],
) -> None:
    """One value for all, or one for each segment below the name."""
    if len(segments) == 1:
        lines.field(depth, name, text(segments[0]), comment(segments[0]))
        return
    lines.field(depth, name)
    for segment in segments:
        lines.field(depth + 1, named(segment), text(segment), comment(segment))


def _days(lines: Lines, draft: Draft, route: str, step: StepFit, outcome: str, field: str) -> None:
    cells = [cell for cell in draft.days if (cell.route, cell.step, cell.outcome) == (route, step.step, outcome)]
    of = {segment: cell for cell in cells for segment in cell.segments}

    def text(cell: Cell) -> str:
        return _days_text(draft.days[cell])

    def comment(cell: Cell) -> str:
        return "; ".join([*said_of(draft.aims[cell], cell.outcome), _days_comment(spread_of(draft.fit, cell))])

    if len(cells) == 1:
        lines.field(4, field, text(cells[0]), comment(cells[0]))
        return
    lines.field(4, field)
    spare = max(cells, key=lambda cell: spread_of(draft.fit, cell).observed)
    for segment in draft.fit.export.segments:
        cell = of.get(segment, spare)
        is_theirs = segment in of
        lines.field(5, named(segment), text(cell), comment(cell) if is_theirs else "assumed: as another segment's")


def _days_text(days: Days) -> str:
    if days.family == "empirical":
        return _values_text([written(each, 1 if each >= 1 else 2) for each in sorted(days.values)])
    if days.family == "constant":
        return number(days.mean, DAYS_DIGITS)
    if not days.mean_sd > 0:
        return family_text(days.family, number(days.mean, DAYS_DIGITS), days.cv)
    belief: Mapping[str, float | str] = {"dist": "lognormal", "mean": days.mean, "sd": days.mean_sd}
    return family_text(days.family, believed(belief, days.mean, days.mean_sd, least=0), days.cv)


def _values_text(values: list[str]) -> str:
    """Values, each once with its weight where that is shorter."""
    runs = [(value, len(list(same))) for value, same in groupby(values)]
    if 2 * len(runs) > len(values):
        return f"{{dist: empirical, values: [{', '.join(values)}]}}"
    once, weights = (", ".join(str(each) for each in column) for column in zip(*runs, strict=True))
    return f"{{dist: empirical, values: [{once}], weights: [{weights}]}}"


def _days_comment(spread: Spread) -> str:
    going_on = f", {spread.censored:,} not seen to end" if spread.censored else ""
    return f"{number(spread.mean.value, DAYS_DIGITS)} days in the step: {interval(spread.mean)}{going_on}"


def family_text(name: str, mean: str, cv: float) -> str:
    """A distribution by its mean, as written, and its spread."""
    spread = "" if name == "exponential" else f", cv: {number(cv, 2)}"
    return f"{{dist: {name}, mean: {mean}{spread}}}"


def empirical_text(values: tuple[float, ...]) -> str:
    """Equally likely values."""
    return f"{{dist: empirical, values: [{', '.join(number(each, 3) for each in sorted(values))}]}}"


WORTH = 3
"""Digits of an assumed length that was scaled."""


def _times(value: Any, factor: float) -> Any:
    """A distribution or number, or one for each segment, in which all lengths are so many times as long."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(f"{value * factor:.{WORTH}g}")
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    if isinstance(value, dict):
        return {
            name: each if name in ("dist", "cv", "weights") else _times(each, factor)
            for name, each in value.items()
        }
    return value
