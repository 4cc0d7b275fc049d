"""The profit and loss of replications: what each team, source, segment and way of selling brought and cost.

Bookings, travel and leads belong to a deal, a visit or a lead. What belongs to a team is shared among the leads
that it worked on: variable pay against a quota in proportion to what the team was credited in the pay period, all
else in proportion to the team's hours in the month. However it is cut, the parts add up to the whole, which is
checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.costs import Category, Money
from channelsim.finance.pay import over_period
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import Quantities
from channelsim.program.layout import Layout
from channelsim.scenario.pay import MONTHS_IN

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-9


class Total(StrEnum):
    """The lines of a profit and loss that are not a category of cost."""

    BOOKINGS = "bookings"
    DELIVERY = "delivery"
    GROSS_MARGIN = "gross_margin"
    COST_TOTAL = "cost_total"
    CONTRIBUTION = "contribution"


LINES: tuple[str, ...] = (
    Total.BOOKINGS,
    Total.DELIVERY,
    Total.GROSS_MARGIN,
    *Category,
    Total.COST_TOTAL,
    Total.CONTRIBUTION,
)
"""From bookings down to contribution. Delivery: bookings - gross margin."""


class MoneyError(Exception):
    """A profit and loss whose parts do not add up to the whole: a fault of this package, never of a scenario."""


@dataclass(frozen=True)
class Statement:
    """Money by line of LINES; the replication is the second axis.

    whole: (line, replication, month). by_team: (line, replication, month, team + 1), the last for what is no
    team's: leads and capital. by_cell: (line, replication, month, stream + 1, motion + 1), the last of each for
    what was spent on no lead. commission: of variable pay, what is paid against a quota, as by_cell
    without the line. leads, offered (their deal value), won: (replication, month, stream, motion).
    """

    whole: FloatArray
    by_team: FloatArray
    by_cell: FloatArray
    commission: FloatArray
    leads: FloatArray
    offered: FloatArray
    won: FloatArray


def statement(quantities: Quantities, money: Money, prices: Prices, layout: Layout) -> Statement:
    """The profit and loss of replications. Raises MoneyError unless its parts add up."""
    shape = (len(LINES), quantities.replications, layout.months)
    by_team = np.zeros((*shape, len(layout.teams) + 1))
    by_cell = np.zeros((*shape, len(layout.streams) + 1, len(layout.motions) + 1))
    bookings = quantities.bookings.sum(axis=4)
    for line, amount in (
        (Total.BOOKINGS, bookings),
        (Total.GROSS_MARGIN, bookings * prices.gross_margin[:, None]),
    ):
        at = LINES.index(line)
        by_cell[at, ..., :-1, :-1] = amount
        for motion, closing in enumerate(_closing_teams(layout)):
            by_team[at, ..., closing] += amount[..., motion].sum(axis=2)
    hours = _shares(_worked(quantities, layout))
    credit = _credit_shares(quantities, prices, layout, hours)
    for category, cost in money.team_costs.items():
        at = LINES.index(category)
        by_team[at, ..., :-1] = cost
        if category is Category.TRAVEL:
            by_cell[at, ..., :-1, :-1] = np.einsum("rmskj,kj->rmsk", quantities.visits, prices.travel_per_visit)
        elif category is Category.VARIABLE:
            by_cell[at] = _shared(cost, credit)
        elif category is Category.BENEFITS:
            salary, variable = (money.team_costs[paid] for paid in (Category.SALARY, Category.VARIABLE))
            by_cell[at] = _shared(salary * prices.benefits_rate, hours)
            by_cell[at] += _shared(variable * prices.benefits_rate, credit)
        else:
            by_cell[at] = _shared(cost, hours)
    arrived = quantities.arrived.sum(axis=4)
    leads = LINES.index(Category.LEADS)
    by_team[leads, ..., -1] = money.cost(Category.LEADS)
    by_cell[leads, ..., :-1, :] = money.lead_costs[..., None] * _parts(arrived, axes=(3,))
    capital = LINES.index(Category.CAPITAL)
    by_team[capital, ..., -1] = money.capital
    costs = slice(LINES.index(Category.SALARY), capital + 1)
    if money.capital.any():
        spent = by_cell[costs].sum(axis=0)
        by_cell[capital] = money.capital[..., None, None] * _parts(spent[..., :-1, :-1], axes=(2, 3))
    for table in (by_team, by_cell):
        table[LINES.index(Total.DELIVERY)] = _line(table, Total.BOOKINGS) - _line(table, Total.GROSS_MARGIN)
        table[LINES.index(Total.COST_TOTAL)] = table[costs].sum(axis=0)
        table[LINES.index(Total.CONTRIBUTION)] = _line(table, Total.GROSS_MARGIN) - _line(table, Total.COST_TOTAL)
    has_quota = np.array([pay.annual_quota is not None for pay in prices.pay])
    found = Statement(
        whole=_whole(money),
        by_team=by_team,
        by_cell=by_cell,
        commission=_shared(money.team_costs[Category.VARIABLE] * has_quota, credit),
        leads=arrived,
        offered=quantities.offered.sum(axis=4),
        won=quantities.won.sum(axis=4),
    )
    check_adds_up(found)
    return found


def check_adds_up(found: Statement) -> None:
    """Raise MoneyError unless, in every replication, month and line, teams and cells add up to the whole."""
    scale = max(1.0, float(np.abs(found.whole).max(initial=0.0)))
    cuts = {
        "teams": found.by_team.sum(axis=3),
        "segments, sources and motions": found.by_cell.sum(axis=(3, 4)),
    }
    for cut, parts in cuts.items():
        off = np.abs(parts - found.whole) > TOLERANCE * scale
        if off.any():
            line, replication, month = np.argwhere(off)[0]
            whole, sum_of_parts = found.whole[line, replication, month], parts[line, replication, month]
            raise MoneyError(f"{LINES[line]} of month {month}: {whole:.2f} in all, {sum_of_parts:.2f} over {cut}")


def _whole(money: Money) -> FloatArray:
    """Every line, (line, replication, month), from the money itself and not from its parts."""
    bookings, margin = money.bookings.sum(axis=2), money.gross_margin.sum(axis=2)
    costs = [money.cost(category) for category in Category]
    return np.array([bookings, bookings - margin, margin, *costs, money.cost_total(), margin - money.cost_total()])


def _shared(cost: FloatArray, shares: FloatArray) -> FloatArray:
    """A cost by team, (replication, month, team), by cell."""
    found: FloatArray = np.einsum("rmt,rmtsk->rmsk", cost, shares)
    return found


def _line(table: FloatArray, line: str) -> FloatArray:
    found: FloatArray = table[LINES.index(line)]
    return found


def _closing_teams(layout: Layout) -> list[int]:
    """The team of each motion's last step."""
    return [layout.teams.index(teams[-1]) for teams in layout.step_team]


def _handing_team(layout: Layout, motion: int) -> int | None:
    """The team that hands a motion's leads to the one that closes them, if another does."""
    teams = layout.step_team[motion]
    return next((layout.teams.index(team) for team in reversed(teams) if team != teams[-1]), None)


def _worked(quantities: Quantities, layout: Layout) -> FloatArray:
    """Hours by (replication, month, team, stream, motion)."""
    worked = np.zeros(
        (quantities.replications, layout.months, len(layout.teams), len(layout.streams), len(layout.motions))
    )
    for motion, step, team in layout.step_teams:
        worked[:, :, team, :, motion] += quantities.work_hours[..., motion, step]
    return worked


def _shares(weights: FloatArray) -> FloatArray:
    """Each team's shares by month, (replication, month, team, stream + 1, motion + 1): of its weights in the month,
    else over the whole horizon; the last ones are 1 where it has none at all."""
    total = weights.sum(axis=(3, 4), keepdims=True)
    weights = np.where(total > 0, weights, weights.sum(axis=1, keepdims=True))
    return _parts(weights, axes=(3, 4))


def _parts(weights: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    """Shares that add up to 1 over some axes, each longer by one place, which has the whole where all weights are
    0."""
    total = weights.sum(axis=axes, keepdims=True)
    shares = np.zeros([length + (axis in axes) for axis, length in enumerate(weights.shape)])
    inner = tuple(slice(0, length) for length in weights.shape)
    np.divide(weights, total, out=shares[inner], where=total > 0)
    last = tuple(-1 if axis in axes else slice(None) for axis in range(weights.ndim))
    shares[last] = np.squeeze(total, axes) == 0
    return shares


def _credit_shares(quantities: Quantities, prices: Prices, layout: Layout, hours: FloatArray) -> FloatArray:
    """What a team's variable pay is shared by: value credited in the pay period; hours where there is no quota, or
    nothing was credited."""
    bookings = quantities.bookings.sum(axis=4)  # [replication, month, stream, motion]
    shares = hours.copy()
    for team, pay in enumerate(prices.pay):
        if pay.annual_quota is None:
            continue
        credited = np.zeros_like(bookings)
        for motion, closing in enumerate(_closing_teams(layout)):
            handing = _handing_team(layout, motion)
            if team == closing:
                credited[..., motion] = bookings[..., motion] * (1.0 if handing is None else pay.takeover_credit)
            elif team == handing:
                credited[..., motion] = bookings[..., motion] * pay.handoff_credit
        in_period = over_period(np.moveaxis(credited, 1, -1), MONTHS_IN[pay.period])
        weights = np.moveaxis(in_period, -1, 1)
        paid_for = weights.sum(axis=(2, 3)) > 0
        shares[:, :, team][paid_for] = _parts(weights, axes=(2, 3))[paid_for]
    return shares
