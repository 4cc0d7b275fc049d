"""Leads for money, by month: budgets and content."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.scenario.marketing import Budget, Content, at_month

FloatArray = NDArray[np.float64]
HALF = 0.5


def leads_of_budget(budget: Budget, months: int) -> FloatArray:
    """Leads a month that a budget buys: ADBUDG (J. D. C. Little, Management Science 16, 1970)."""
    spent = spent_by_budget(budget, months) ** budget.shape
    leads: FloatArray = budget.most_leads_per_month * spent / (budget.half_at**budget.shape + spent)
    return leads


def spent_by_budget(budget: Budget, months: int) -> FloatArray:
    """Money a month."""
    return np.array([at_month(budget.per_month, month) for month in range(months)], float)


def leads_of_content(content: Content, months: int) -> FloatArray:
    """Leads a month that all pieces so far bring: once a piece is found, its pull fades by its half-life."""
    age = np.arange(months)[:, None] - np.arange(months)[None, :] - content.lag_months  # [month, month published]
    published = np.arange(months)[None, :] >= content.start_month
    pull = np.where((age >= 0) & published, HALF ** (np.maximum(age, 0) / content.half_life_months), 0.0)
    leads: FloatArray = content.pieces_per_month * content.leads_per_piece_month * pull.sum(axis=1)
    return leads


def spent_on_content(content: Content, months: int) -> FloatArray:
    """Money a month."""
    monthly = content.pieces_per_month * content.cost_per_piece + content.fee_per_month
    return np.where(np.arange(months) >= content.start_month, monthly, 0.0)
