"""Scenarios as verbs load them: with what `--set` changes, and what the user should know about it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from channelsim.scenario.load import Study, load


def load_telling(scenario: str, sets: Sequence[str], only: Sequence[str] = ()) -> Study:
    """The scenario with its strategies; notes about it go to standard error, out of the way of what is piped."""
    study = load(scenario, sets, only=only)
    for note in study.notes:
        click.echo(note, err=True)
    return study
