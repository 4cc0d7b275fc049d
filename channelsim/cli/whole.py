"""Whole numbers on the command line, refused in words."""

from __future__ import annotations

from typing import Any

import click


class Whole(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of click alone
    """A whole number within bounds, which `--help` leaves out: who needs them is told."""

    name = "whole number"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a usage error that says what was read and what is right."""
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not self.least <= number <= self.most:
            self.fail(f"{value}; must be a whole number from {self.least} to {self.most:,}", param, ctx)
        return number
