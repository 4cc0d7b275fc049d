"""What finance reckons with besides prices: interest, and how long a customer counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from channelsim.scenario.base import NonNegative, Record


class Finance(Record):
    """Rates of interest and the length of a customer's life."""

    discount_rate: NonNegative = Field(
        default=0.1, description="a year: what money a year from now is worth less, in `npv` and `customer_value`"
    )
    lifetime_years: Annotated[int, Field(ge=1, le=50)] = Field(
        default=5, description="years of a customer that `npv` and `customer_value` count"
    )
    cost_of_capital: NonNegative = Field(
        default=0.0, description="interest a year on what was spent and has not come back as gross margin yet"
    )
