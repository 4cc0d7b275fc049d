"""Numbers on the command line, refused in words."""

from __future__ import annotations

import math
from typing import Any

import click


class Share(click.ParamType):  # type: ignore[type-arg]  # as Whole
    """A share above 0 and up to 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share, or a usage error that says what was read and what is right."""
        try:
            share = float(value)
        except ValueError:
            share = math.nan
        if not 0 < share <= 1:
            self.fail(f"{value}; must be a share above 0 and up to 1, such as 0.02", param, ctx)
        return share


class Amount(click.ParamType):  # type: ignore[type-arg]  # as Whole
    """An amount of at least 0."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The amount, or a usage error that says what was read and what is right."""
        try:
            amount = float(value)
        except ValueError:
            amount = math.nan
        if not 0 <= amount < math.inf:
            self.fail(f"{value}; must be a number of at least 0, such as 50000", param, ctx)
        return amount


class Whole(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of click alone
    """A whole number within bounds, which `--help` leaves out: who needs them is told."""

    name = "whole number"

    def __init__(self, least: int, most: int, word: str | None = None) -> None:
        self.least = least
        self.most = most
        self.word = word  # may stand in place of a number

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or a usage error that says what was read and what is right."""
        if self.word is not None and value == self.word:
            return value
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not self.least <= number <= self.most:
            instead = f", or {self.word}" if self.word else ""
            self.fail(f"{value}; must be a whole number from {self.least} to {self.most:,}{instead}", param, ctx)
        return number
