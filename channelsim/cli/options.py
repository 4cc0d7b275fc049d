"""Options that several verbs have: the same name, the same type, the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from channelsim.cli.whole import Whole
from channelsim.report.files import DEFAULT_FOLDER
from channelsim.scenario.schema import MAX_SEED

Decorator = Callable[[Any], Any]
MOST_WORKERS = 1024

set_option: Decorator = click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="Change a value of the scenario, such as teams.inside.headcount=6; may be repeated.",
)
seed_option: Decorator = click.option(
    "--seed",
    type=Whole(0, MAX_SEED),
    metavar="N",
    help="Another seed gives other luck. Default: as the scenario says.",
)
workers_option: Decorator = click.option(
    "--workers",
    type=Whole(1, MOST_WORKERS),
    metavar="N",
    help="Processors to use; results do not depend on it. Default: all.",
)
baseline_option: Decorator = click.option(
    "--baseline", metavar="NAME", help="Strategy to compare the others with. Default: the first."
)
json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."
)


def strategies_option(does: str) -> Decorator:
    """--strategy NAME, which may be repeated. does: what is done to those named, such as "Run"."""
    return click.option(
        "--strategy",
        "strategies",
        metavar="NAME",
        multiple=True,
        help=f"{does} this strategy only; may be repeated. Default: all.",
    )


def output_option(what: str) -> Decorator:
    """--output DIR, in which a folder is made. what: whose, such as "the run's own folder is"."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        default=DEFAULT_FOLDER,
        show_default=True,
        metavar="DIR",
        help=f"Folder in which {what} made.",
    )


def quiet_option(still: str) -> Decorator:
    """--quiet. still: what is printed all the same."""
    return click.option("--quiet", is_flag=True, help=f"Print {still} and where the files are, and nothing else.")
