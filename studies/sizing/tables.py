"""The findings in figures."""

from __future__ import annotations

import math

from channelsim.analysis.intervals import Estimate, estimate
from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED, mean_and_spread, money
from studies.report import Table, percent, plus_minus
from studies.sizing.experiment import (
    AS_IS,
    AT_ONCE,
    FORCES,
    LARGEST,
    PHASED,
    SIZES,
    Force,
    Hiring,
    Simulated,
)
from studies.sizing.findings import (
    a_year,
    ahead,
    cost_share,
    elasticity,
    expected_loss,
    losses,
    luck,
    never_worked,
    optimum,
    turning_months,
    within,
)

NEAR = (0.01, 0.02, 0.05)
ORDER_SHOWN = 16
SHOWN_MONTHS = (3, 6, 9, 12, 18, 24, 30, 36)


def tables(found: Simulated) -> list[Table]:
    """All tables, in the order in which the page tells them."""
    return [_curve(found), _flatness(found), _order(found), _luck(found), _hiring(found), _turning(found)]


def force_name(force: Force) -> str:
    """A way to sell in words."""
    first = "the largest first" if force.triage == LARGEST else "the oldest first"
    return f"{first}, spread of deals {force.spread:g}"


def _curve(found: Simulated) -> Table:
    force = Force()
    curve = found.curves[force]
    best = optimum(curve)
    at_best = elasticity(curve, best.size).value
    lost = losses(curve)
    table = Table(
        f"Contribution by number of reps, {force_name(force)}",
        ("reps", "contribution a year", "below the best", "in %", "by formula", "elasticity of sales",
         "force's cost / margin", "never worked"),
        note="Below the best: on the same enquiries, intervals hold for all sizes together. By formula: if the "
        f"elasticity were {at_best:.2f} at every size. Elasticity: between the two neighbours.",
    )  # fmt: skip
    for size in SIZES:
        loss = lost.get(size)
        share = UNDEFINED if loss is None else f"{100 * loss.mean / best.contribution.mean:+.1f}%"
        e = elasticity(curve, size)
        table.rows.append((
            f"{size}{' (best)' if size == best.size else ''}",
            _amount(estimate(a_year(curve, size, "contribution")), found),
            UNDEFINED if loss is None else _amount(loss, found, signed=True),
            share,
            f"{-100 * expected_loss(size, best.size, at_best):+.1f}%" if loss else UNDEFINED,
            UNDEFINED if math.isnan(e.value) else plus_minus(e, 2),
            plus_minus(cost_share(curve, size), 2),
            percent(never_worked(curve, size), 0),
        ))  # fmt: skip
    return table


def _amount(e: Estimate, found: Simulated, *, signed: bool = False) -> str:
    return " ± ".join(mean_and_spread(e, Unit.MONEY, found.currency, signed=signed))


def _flatness(found: Simulated) -> Table:
    table = Table(
        "How flat, and why",
        ("", "best size", "could be as good", *(f"within {100 * share:g}%" for share in NEAR), "elasticity there",
         "force's cost / margin there"),
        note="Sizes between which contribution is at most so much below the best.",
    )  # fmt: skip
    for force in FORCES:
        curve = found.curves[force]
        best = optimum(curve)
        rivals = ", ".join(str(size) for size in best.rivals) or "none"
        spans = [_span(*within(curve, share), best.size) for share in NEAR]
        table.rows.append((force_name(force), str(best.size), rivals, *spans,
                           plus_minus(elasticity(curve, best.size), 2),
                           plus_minus(cost_share(curve, best.size), 2)))  # fmt: skip
    return table


def _span(low: float, high: float, best: int) -> str:
    least = f"{low:.0f}" if math.isfinite(low) else f"under {SIZES[0]}"
    most = f"{high:.0f}" if math.isfinite(high) else f"over {SIZES[-1]}"
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{least} to {most}"
    return f"{least} to {most} ({100 * (low / best - 1):+.0f} to {100 * (high / best - 1):+.0f}%)"


def _order(found: Simulated) -> Table:
    table = Table(
        f"The same {ORDER_SHOWN} reps, two orders of work",
        ("", "contribution a year", "bookings a year", "deals won a year", "size of a deal", "time spent selling"),
        note="Both are busy all day. Spent on the oldest first, more of the time goes into deals dropped halfway.",
    )
    for force in FORCES[:2]:
        curve = found.curves[force]
        won = estimate(a_year(curve, ORDER_SHOWN, "won"))
        table.rows.append((
            force_name(force),
            *(_amount(estimate(a_year(curve, ORDER_SHOWN, name)), found) for name in ("contribution", "bookings")),
            f"{won.mean:,.0f} ± {won.ci_high - won.mean:,.0f}",
            _amount(estimate(curve[ORDER_SHOWN]["deal_size"]), found),
            f"{100 * curve[ORDER_SHOWN]['utilization.field'].mean():.0f}%",
        ))  # fmt: skip
    return table


def _luck(found: Simulated) -> Table:
    curve = found.curves[Force()]
    best = optimum(curve)
    sd = luck(curve, best.size)
    table = Table(
        "What the wrong size costs, beside a year's luck",
        ("size", "costs a year", "years of its own results until that shows"),
        note=f"Luck: a year's contribution varies by {money(sd, found.currency)} (standard deviation) with the "
        "same reps. Years: until the loss is twice the standard error of the difference between two runs of years, "
        "one at each size.",
    )
    for size, loss in losses(curve).items():
        if 0.3 >= abs(size / best.size - 1) > 0.1:
            years = 2 * (2 * sd / loss.mean) ** 2
            table.rows.append((f"{size} ({100 * (size / best.size - 1):+.0f}%)", money(-loss.mean, found.currency),
                               f"{years:,.0f}"))  # fmt: skip
    return table


def _hiring(found: Simulated) -> Table:
    plans = found.plans[Hiring()]
    table = Table(
        "Hiring from 16 to 22 reps: contribution so far, by months after the decision",
        ("", *(str(month) for month in SHOWN_MONTHS)),
        note="On the same enquiries; 95% intervals. Phased: 18 at once, 20 after a year, 22 after two.",
    )
    for one, other, words in (
        (AT_ONCE, AS_IS, "at once, against nobody new"),
        (PHASED, AS_IS, "phased, against nobody new"),
        (AT_ONCE, PHASED, "at once, against phased"),
    ):
        gaps = ahead(plans, one, other)
        table.rows.append((words, *(_amount(gaps[month - 1], found, signed=True) for month in SHOWN_MONTHS)))
    return table


def _turning(found: Simulated) -> Table:
    table = Table(
        "When hiring at once overtakes phased hiring",
        ("ramp of new reps", "cost of a hire", "behind until month", "ahead for good from month", "after 12 months",
         f"after {SHOWN_MONTHS[-1]} months"),
    )  # fmt: skip
    for hiring, plans in found.plans.items():
        behind, first = turning_months(plans)
        gaps = ahead(plans, AT_ONCE, PHASED)
        amounts = (_amount(gaps[month - 1], found, signed=True) for month in (12, SHOWN_MONTHS[-1]))
        table.rows.append((
            f"{hiring.ramp_months} months", money(hiring.hire_cost, found.currency), str(behind or UNDEFINED),
            str(first or UNDEFINED), *amounts,
        ))  # fmt: skip
    return table
