"""The findings in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED, mean_and_spread
from channelsim.report.lead_story import duration
from studies.crm import Records
from studies.report import Table, percent, plus_minus, times
from studies.response_time.experiment import (
    AT_ONCE_HOURS,
    BUSY,
    COOLINGS,
    DAMPED,
    DIALS,
    DOUBLE,
    FACE_VALUE,
    FORCED_HOURS,
    NORMAL,
    World,
)
from studies.response_time.findings import (
    AT_ONCE,
    AUDITED,
    BUCKETS,
    CONTACTED,
    FAST,
    OPPORTUNITY,
    OUTCOMES,
    SALESUP,
    SLOW,
    FloatArray,
    decomposition,
    forced_ratio,
    mix,
    monthly,
    promise,
    rates,
    response_hours,
    same_mix,
    share_of_selection,
    shares,
    totals_of,
)

WIDEST_SHARE = 0.4
"""An interval of a share that is wider tells nothing."""


@dataclass(frozen=True)
class Study:
    """All that was simulated. crms: by world. money: the four strategies, priced. months: for which leads count."""

    crms: Mapping[World, list[Records]]
    money: Result
    months: float
    sources: int

    @property
    def staffings(self) -> list[str]:
        """The strategies, by name."""
        return self.money.strategies

    def at_once(self, cooling: str) -> list[Records]:
        """The same leads, all called at once."""
        return self.crms[World(cooling=cooling, forced_hours=AT_ONCE_HOURS)]

    def totals(self, hours: str, cooling: str = DAMPED) -> FloatArray:
        """A way to staff, at normal load: its totals for `findings`."""
        return totals_of(self.crms[World(hours, cooling)], self.at_once(cooling), self.sources)


def tables(study: Study) -> list[Table]:
    """All tables, in the order in which the page tells them."""
    return [
        _response_times(study),
        _rates(study, CONTACTED),
        _rates(study, OPPORTUNITY),
        _who(study),
        _ratios(study),
        _careful(study),
        _persistence(study),
        _worth(study),
    ]


def _response_times(study: Study) -> Table:
    table = Table(
        "How fast leads are called",
        ("", *BUCKETS, "mean", "median"),
        note="Share of leads by time to the first dial. 2,241 firms, audited (HBR 2011): "
        + ", ".join(f"{name} {100 * share:.0f}%" for name, share in AUDITED.items())
        + "; mean of those within 30 days 42 h.",
    )
    for load in (NORMAL, BUSY, DOUBLE):
        for hours in study.staffings:
            crm = study.crms[World(hours, load=load)]
            mean, median = response_hours(crm)
            name = hours if load == NORMAL else f"{hours}, {load}"
            cells = [f"{100 * each.value:.1f}%" for each in shares(totals_of(crm, crm, study.sources))]
            table.rows.append((name, *cells, duration(mean), duration(median)))
    return table


def _rates(study: Study, outcome: int) -> Table:
    table = Table(
        f"Leads that {'were contacted' if outcome == CONTACTED else OUTCOMES[outcome]}, by response time",
        ("", *BUCKETS),
        [("published (SalesUp)", *(f"{100 * share:.0f}%" for share in SALESUP[outcome]))],
    )
    for cooling in COOLINGS:
        for hours in study.staffings if cooling == DAMPED else study.staffings[:1]:
            found = rates(study.totals(hours, cooling), outcome)
            cells = [percent(each) if each.value == each.value else UNDEFINED for each in found]
            table.rows.append((f"{hours}, cooling {cooling}", *cells))
    return table


def _who(study: Study) -> Table:
    sources = list(study.money.study.scenario.sources)
    table = Table(
        "Who is called fast, and who slowly: leads by source",
        ("", *(f"{source}, {how}" for source in sources for how in ("fast", "slow"))),
        note="Fast: within 5 minutes. Slow: later than 4 hours. Cooling damped.",
    )
    for hours in study.staffings:
        fast, slow = (mix(study.totals(hours), which) for which in (FAST, SLOW))
        cells = [percent(each, 0) for pair in zip(fast, slow, strict=True) for each in pair]
        table.rows.append((hours, *cells))
    return table


def _ratios(study: Study) -> Table:
    table = Table(
        "Called within 5 minutes against later than 4 hours: what is claimed, and what it is made of",
        ("", "odds ratio", "ratio of rates", "= who they are", "x cooling", "x rest", "who they are, share"),
        note="Who they are: the fast against the slow, had both been called at once. Cooling: what the slow lose "
        "by being called when they were. Rest: the first minutes, and later dials. The share is of the ratio's "
        "logarithm; none is given where it is not known to 20 points.",
    )
    for outcome in (AT_ONCE, OPPORTUNITY):
        for cooling in COOLINGS:
            for hours in study.staffings:
                totals = study.totals(hours, cooling)
                parts = decomposition(totals, outcome)
                chosen = share_of_selection(totals, outcome)
                share = percent(chosen, 0) if chosen.high - chosen.low < WIDEST_SHARE else UNDEFINED
                cells = [times(parts[name]) for name in ("odds", "raw", "selection", "cooling", "rest")]
                table.rows.append((f"{OUTCOMES[outcome]}: {hours}, cooling {cooling}", *cells, share))
    return table


def _careful(study: Study) -> Table:
    table = Table(
        "The same ratio as the CRM gives it, as a careful analyst computes it, and as it is",
        ("", "raw", "sources held equal", "truth"),
        note="Truth: the slow leads, had they been called at once, against the same leads as they were called.",
    )
    for outcome in OUTCOMES:
        for hours in study.staffings:
            totals = study.totals(hours)
            parts = decomposition(totals, outcome)
            cells = (times(parts["raw"]), times(same_mix(totals, outcome)), times(parts["cooling"]))
            table.rows.append((f"{OUTCOMES[outcome]}: {hours}", *cells))
    return table


def _persistence(study: Study) -> Table:
    last = FORCED_HOURS[-1]
    table = Table(
        f"Every lead called at once against every lead called after {last:g} h: opportunities, as a ratio",
        ("cooling", "1 dial", *(f"{dials} dials" for dials in DIALS)),
        note="The same leads in both. With one dial the ratio is that of the first dial reaching the buyer.",
    )
    for cooling in COOLINGS:
        cells = []
        for dials, outcome in ((max(DIALS), AT_ONCE), *((dials, OPPORTUNITY) for dials in DIALS)):
            early, late = (study.crms[World(cooling=cooling, dials=dials, forced_hours=at)]
                           for at in (AT_ONCE_HOURS, last))  # fmt: skip
            cells.append(times(forced_ratio(early, late, outcome)))
        table.rows.append((cooling, *cells))
    return table


def _worth(study: Study) -> Table:
    """Opportunities a month and contribution, against the first strategy."""
    base, currency = study.staffings[0], study.money.study.scenario.currency
    months = study.money.study.scenario.horizon.months - study.money.study.scenario.horizon.warmup_months
    gains = study.money.differences("contribution", base)
    table = Table(
        "What hours are worth at the same 840 paid hours a week",
        ("", "opportunities a month", f"against {base}", f"contribution a month, against {base}"),
        note="Cooling damped. Paired on the same leads; intervals of contribution hold together.",
    )
    own = study.crms[World(base)]
    for hours in study.staffings:
        crm = study.crms[World(hours)]
        if hours == base:
            table.rows.append((hours, plus_minus(monthly(crm, study.months), 1), UNDEFINED, UNDEFINED))
            continue
        gain = mean_and_spread(_a_month(gains[hours], months), Unit.MONEY, currency, signed=True)
        more = plus_minus(monthly(crm, study.months, own), 1, signed=True)
        table.rows.append((hours, plus_minus(monthly(crm, study.months), 1), more, " ± ".join(gain)))
    for cooling in (DAMPED, FACE_VALUE):
        seen, forced = study.crms[World(base, cooling)], study.at_once(cooling)
        promised = plus_minus(promise(study.totals(base, cooling), study.months), 1, signed=True)
        table.rows.append((f"promise of the CRM, cooling {cooling}", UNDEFINED, promised, UNDEFINED))
        table.rows.append((f"all called at once, cooling {cooling}", plus_minus(monthly(forced, study.months), 1),
                           plus_minus(monthly(forced, study.months, seen), 1, signed=True), UNDEFINED))  # fmt: skip
    return table


def _a_month(estimate: Estimate, months: int) -> Estimate:
    values = {each.name: getattr(estimate, each.name) / months for each in fields(estimate)}
    return Estimate(**values | {"replications": estimate.replications})
