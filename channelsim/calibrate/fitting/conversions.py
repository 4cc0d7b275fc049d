"""How many deals go on at each step of each route, and how long yes and no take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate, RouteFit, Spread, StepFit
from channelsim.calibrate.fitting import beliefs, families, pooling
from channelsim.calibrate.fitting.durations import Belief, average, spread
from channelsim.calibrate.fitting.stage_likelihood import (
    NO_CV,
    NO_MEAN,
    YES_CV,
    YES_MEAN,
    Model,
    P,
    StageData,
    StageFit,
    Times,
    chance_of_yes,
    fit_stage,
)
from channelsim.calibrate.records import NO, OPEN, YES, Export

Floats = NDArray[np.float64]

CLOCK_RESOLUTION = 1 / 96
"""Days to which times of day are taken: a quarter of an hour. Shorter stays than that are clicks, not durations."""
ENOUGH_OF_ITS_OWN = 3
"""Ends that a segment needs before its durations may be told from the others'. A segment of few is drawn to the
others anyway, but with the doubt that it may differ; one that is not told apart is given theirs without it."""
FAMILY_DOUBT = 0.025
"""Of the logarithm of a cv, however many deals were seen: nights, weekends and the reps' work are in the days,
so no family is quite right. In worlds of known truth (`python -m studies round_trip`) cvs came out 1% to 7% too
small."""
DIGITS = 3
"""Significant ones that are kept of days with fractions, so that equal ones can be counted together."""
PARTS_OF_A_DAY = 2
"""To which days are taken where only whole ones are known, so that equal ones can be counted together."""
DRAWN = 0.1
"""A share that pooling moves by more than this part of itself is said to be drawn."""


@dataclass(frozen=True)
class StageEstimate:
    """A stage on its own, before its shares are drawn together with others'."""

    step: str
    counts: Mapping[str, Floats]  # by ending, [segments]
    yes: Floats  # [segments] deals that went on, as far as is known: less what open ones leave unsaid
    trials: Floats  # [segments]
    if_yes: Mapping[str, Spread]
    if_no: Mapping[str, Spread] | None


def route_fits(export: Export) -> tuple[RouteFit, ...]:
    """All routes. Shares of the steps of one name are drawn together over segments and routes."""
    tables = _tables(export)
    alone = {
        route.name: [
            _stage(export, step, tables[route.name, place], f"{route.name}, {step}")
            for place, step in enumerate(route.steps)
        ]
        for route in export.routes
    }
    shares = _pooled(alone)
    return tuple(
        _route_fit(export, route.name, alone[route.name], [shares[route.name, step] for step in route.steps])
        for route in export.routes
    )


def _tables(export: Export) -> dict[tuple[str, int], pl.DataFrame]:
    """By route and step: segment (its number; one more than there are: not said), ending, days, deals."""
    resolution = export.resolution_days
    days = pl.col("days").clip(lower_bound=0.0)
    if resolution == 0.0:
        short = CLOCK_RESOLUTION / 4
        days = pl.when(days < short).then(0.0).otherwise(days.round_sig_figs(DIGITS))
    else:
        # days of a history are whole; parts of a whole number of days, as the IBM sample has them, are no finer
        days = (days / resolution * PARTS_OF_A_DAY).round() * (resolution / PARTS_OF_A_DAY)
    segment = pl.col("segment").replace_strict(
        {name: number for number, name in enumerate(export.segments)},
        default=len(export.segments),
        return_dtype=pl.Int64,
    )
    # one alone is everybody's, said or not
    if len(export.segments) == 1:
        segment = pl.lit(0, dtype=pl.Int64)
    counted = (
        export.stages.lazy()
        .join(export.deals.lazy().select("deal", "route", "segment"), on="deal")
        .filter(pl.col("days").is_finite())
        .group_by("route", "step", segment.alias("segment"), "ending", days.alias("days"))
        .agg(pl.len().alias("deals"))
        .sort("route", "step", "segment", "ending", "days")
        .collect()
    )
    empty = counted.clear()
    parts = {
        (str(key[0]), int(str(key[1]))): part
        for key, part in counted.partition_by("route", "step", as_dict=True).items()
    }
    return {
        (route.name, place): parts.get((route.name, place), empty)
        for route in export.routes
        for place in range(len(route.steps))
    }


def _stage(export: Export, step: str, table: pl.DataFrame, where: str) -> StageEstimate:
    named = len(export.segments)
    segments = max(named, 1 + int(table["segment"].max() or 0)) if table.height else named  # type: ignore[arg-type]
    times = {ending: _times(table.filter(pl.col("ending") == ending)) for ending in (YES, NO, OPEN)}
    data = StageData(
        times[YES],
        times[NO],
        times[OPEN],
        segments,
        export.resolution_days or CLOCK_RESOLUTION,
        export.losses_are_seen,
    )
    fits = _Choice(data)
    logits = [average(fits.all, P, segment) for segment in range(named)]
    yes, trials = np.array([_effective(*each) for each in logits]).T
    chance = chance_of_yes(data, fits.best)
    nothing = data.yes.count + data.no.count == 0
    if_yes = _spreads(export, fits, data, chance, YES, where if nothing else "")
    no_was_seen = export.losses_are_seen and data.no.count > 0
    return StageEstimate(
        step,
        {ending: each.total(segments)[:named] for ending, each in times.items()},
        yes,
        trials,
        if_yes,
        _spreads(export, fits, data, 1 - chance, NO, "") if no_was_seen else None,
    )


def _times(table: pl.DataFrame) -> Times:
    return Times(
        table["days"].to_numpy().astype(float),
        table["segment"].to_numpy().astype(np.int64),
        table["deals"].to_numpy().astype(float),
    )


class _Choice:
    """The families and the segments' grouping that AIC prefers, and the fits that were made on the way."""

    def __init__(self, data: StageData) -> None:
        self.data = data
        self.made: dict[Model, StageFit] = {}
        alike = (0,) * data.segments
        self.best = self.fit(Model(families.LOGNORMAL, families.LOGNORMAL, alike, alike))
        self.choose_families()
        if self.choose_groups():
            self.choose_families()
        model = self.best.model
        self.yes = {name: self.fit(self._with(YES, name)) for name in families.FAMILIES}
        self.no = {name: self.fit(self._with(NO, name)) for name in families.FAMILIES}
        groups = (model.yes_group, model.no_group)
        self.all = [fit for fit in self.made.values() if (fit.model.yes_group, fit.model.no_group) == groups]

    def fit(self, model: Model) -> StageFit:
        if model not in self.made:
            start = self.best if self.made else None
            self.made[model] = fit_stage(self.data, model, start)
        return self.made[model]

    def choose_families(self) -> None:
        for kind in (YES, NO, YES):
            for name in families.FAMILIES:
                self._keep_better(self._with(kind, name))

    def choose_groups(self) -> bool:
        """Whether segments differ: tell them apart unless the likelihood gains no more by it than chance alone
        gives on average, one half a parameter. Those told apart are drawn together again as far as they are
        alike."""
        before = self.best.model
        for kind, times in ((YES, self.data.yes), (NO, self.data.no)):
            alone = _groups(times, self.data.segments)
            model = self.best.model
            yes_group, no_group = (alone, model.no_group) if kind == YES else (model.yes_group, alone)
            fit = self.fit(Model(model.yes_family, model.no_family, yes_group, no_group))
            if 2 * (fit.log_likelihood - self.best.log_likelihood) > fit.parameters - self.best.parameters:
                self.best = fit
        return self.best.model != before

    def _keep_better(self, model: Model) -> None:
        fit = self.fit(model)
        if fit.aic < self.best.aic:
            self.best = fit

    def _with(self, kind: str, family: str) -> Model:
        model = self.best.model
        if kind == YES:
            return Model(family, model.no_family, model.yes_group, model.no_group)
        return Model(model.yes_family, family, model.yes_group, model.no_group)


def _groups(times: Times, segments: int) -> tuple[int, ...]:
    """Each segment that has enough ends by itself; the others with the largest."""
    ends = times.total(segments)
    largest = int(ends.argmax())
    return tuple(segment if ends[segment] >= ENOUGH_OF_ITS_OWN else largest for segment in range(segments))


def _effective(logit: float, sd: float) -> tuple[float, float]:
    """Counts (yes, all) that would say of a share what an estimate does, less Jeffreys' own."""
    p = 1 / (1 + math.exp(-logit))
    total = 1 / (sd**2 * p * (1 - p))
    trials = max(total - 2 * beliefs.JEFFREYS, 0.0)
    yes = min(max(total * p - beliefs.JEFFREYS, 0.0), trials)
    return yes, trials


def _spreads(
    export: Export, choice: _Choice, data: StageData, chance: Floats, kind: str, nothing_at: str
) -> dict[str, Spread]:
    """By segment; one object for all segments that share their parameters."""
    times, roles, fits, groups = (
        (data.yes, (YES_MEAN, YES_CV), choice.yes, choice.best.model.yes_group)
        if kind == YES
        else (data.no, (NO_MEAN, NO_CV), choice.no, choice.best.model.no_group)
    )
    note = ""
    if nothing_at:
        note = "nobody was seen to leave this step: a guess from how long they have stayed"
    elif not times.count:
        note = "nobody was seen to go on: days as until no"
        times = data.no
    ends = times.total(data.segments)
    of_group = {group: np.array([each == group for each in groups]) for group in dict.fromkeys(groups)}
    named = {group: inside for group, inside in of_group.items() if inside[: len(export.segments)].any()}
    believed = _believed(
        list(fits.values()), roles, {group: float(ends[inside].sum()) for group, inside in named.items()}
    )
    made: dict[int, Spread] = {}
    for group, inside in named.items():
        ended = _of(times, inside, np.ones(len(times.days)))
        censored = _of(data.open, inside, chance)
        made[group] = spread(fits, roles, group, believed[group], ended, censored, data.resolution, note)
    return {name: made[groups[number]] for number, name in enumerate(export.segments)}


def _believed(
    fits: list[StageFit], roles: tuple[int, int], ends: Mapping[int, float]
) -> dict[int, tuple[Belief, Belief]]:
    """By group: what is believed of the logarithms of mean and cv, groups drawn together as far as they are
    alike."""
    drawn = []
    for role in roles:
        centres, sds = np.array([average(fits, role, group) for group in ends]).T
        sds = sds * np.array([beliefs.small_sample(count - 2) for count in ends.values()])
        drawn.append(pooling.drawn_together(centres, sds) if len(ends) > 1 else (centres, sds))
    (means, mean_sds), (cvs, cv_sds) = drawn
    cv_sds = np.hypot(cv_sds, FAMILY_DOUBT)
    return {
        group: ((float(means[i]), float(mean_sds[i])), (float(cvs[i]), float(cv_sds[i])))
        for i, group in enumerate(ends)
    }


def _of(times: Times, of_group: NDArray[np.bool_], share: Floats) -> Times:
    keep = of_group[times.segment]
    return Times(times.days[keep], times.segment[keep], (times.weight * share)[keep])


def _pooled(alone: Mapping[str, list[StageEstimate]]) -> dict[tuple[str, str], tuple[Floats, Floats]]:
    """By route and step: means and standard deviations [segments]."""
    result = {}
    names = dict.fromkeys(stage.step for stages in alone.values() for stage in stages)
    for step in names:
        found = [(route, stage) for route, stages in alone.items() for stage in stages if stage.step == step]
        yes = np.array([stage.yes for _, stage in found])
        trials = np.array([stage.trials for _, stage in found])
        if yes.size == 1:
            mean = (yes + beliefs.JEFFREYS) / (trials + 2 * beliefs.JEFFREYS)
            sd = np.sqrt(mean * (1 - mean) / (trials + 2 * beliefs.JEFFREYS + 1))
        else:
            mean, sd = pooling.pooled(yes, trials)
        for place, (route, _) in enumerate(found):
            result[route, step] = mean[place], sd[place]
    return result


def _route_fit(
    export: Export, name: str, stages: list[StageEstimate], shares: list[tuple[Floats, Floats]]
) -> RouteFit:
    steps = []
    for stage, (mean, sd) in zip(stages, shares, strict=True):
        counts = {ending: _by_name(export, values) for ending, values in stage.counts.items()}
        entered = {segment: sum(counts[ending][segment] for ending in counts) for segment in export.segments}
        advance = {}
        for number, segment in enumerate(export.segments):
            note = _note(export, stage, number, entered[segment], float(mean[number]))
            advance[segment] = beliefs.share(float(mean[number]), float(sd[number]), entered[segment], note)
        steps.append(
            StepFit(stage.step, entered, counts[YES], counts[NO], counts[OPEN], advance, stage.if_yes, stage.if_no)
        )
    win_rate = {segment: _product([step.advance[segment] for step in steps]) for segment in export.segments}
    return RouteFit(name, tuple(steps), win_rate)


def _by_name(export: Export, values: Floats) -> dict[str, int]:
    return {segment: round(float(values[number])) for number, segment in enumerate(export.segments)}


def _note(export: Export, stage: StageEstimate, number: int, entered: int, mean: float) -> str:
    went, still = round(float(stage.counts[YES][number])), round(float(stage.counts[OPEN][number]))
    if entered == 0:
        return "no deals came here; from the other cells of this step"
    note = f"{went} of {entered} went on" + (f", {still} open" if still else "")
    if still and not export.losses_are_seen:
        note = f"{went} of {entered} went on; the other {still} are open or lost"
    own = (stage.yes[number] + beliefs.JEFFREYS) / (stage.trials[number] + 2 * beliefs.JEFFREYS)
    if abs(mean - own) > DRAWN * own:
        note += f"; drawn from {own:.1%} to its neighbours"
    return note


def _product(parts: list[Estimate]) -> Estimate:
    """The share that passes all steps, which are independent given their own shares."""
    mean = math.prod(part.value for part in parts)
    second = math.prod(part.value**2 + part.sd**2 for part in parts)
    n = parts[0].n
    return beliefs.share(mean, math.sqrt(max(second - mean**2, 0.0)), n)
