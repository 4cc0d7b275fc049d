"""The command `channelsim`: its verbs, each loaded only when it is called for, and what a failure looks like."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from channelsim.errors import UserError, suggest
from channelsim.version import VERSION

DEBUG_VARIABLE = "CHANNELSIM_DEBUG"
STOPPED = 130
FAILED = 1

VERBS = {
    "run": ("channelsim.cli.run:command", "Simulate a scenario's strategies and say which is better."),
    "explain": ("channelsim.cli.explain:command", "Say why one strategy is ahead of another."),
    "curves": ("channelsim.cli.curves:command", "Draw cost and contribution over volume, headcount or the like."),
    "breakeven": ("channelsim.cli.breakeven:command", "Say from which deal value on a strategy pays."),
    "reprice": ("channelsim.cli.reprice:command", "Put new prices on a stored run, without simulating again."),
    "sensitivity": (
        "channelsim.cli.sensitivity:command",
        "Say what could turn the verdict, and what knowing it is worth.",
    ),
    "optimize": (
        "channelsim.cli.optimize:command",
        "Find the best headcounts, budgets and initiatives within bounds.",
    ),
    "sweep": ("channelsim.cli.sweep:command", "Simulate thousands of points; none that is finished is lost."),
    "check": ("channelsim.cli.check:command", "Check scenario files and show how their strategies differ."),
    "calibrate": ("channelsim.cli.calibrate:command", "Make a scenario from a CRM's export, with its uncertainty."),
    "new": ("channelsim.cli.new:command", "List or write commented scenarios to start from."),
    "schema": ("channelsim.cli.schema:command", "Write the JSON Schema with which an editor completes and checks."),
    "verify": ("channelsim.cli.verify:command", "Check both engines on a scenario, and against queueing theory."),
    "trace": ("channelsim.cli.trace:command", "Follow one lead through its life under every strategy."),
}


class Verbs(click.Group):
    """The verbs by name. Their modules are imported on use, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The verbs in the order in which people meet them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The verb's command, imported now."""
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest verb named on a typo."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            ctx.fail(f"no command '{args[0]}'; {suggest(args[0], VERBS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs in `--help`, from the short lines above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run a verb; whatever happens, the user sees words and the shell an exit status."""
        extra["standalone_mode"] = False
        # Where the shell has closed them (`>&-`), there are none.
        sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
        sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
        try:
            status = super().main(args, prog_name or "channelsim", **extra)
            sys.stdout.flush()
        except UserError as error:
            _exit(str(error), error.exit_status, error)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            _exit("stopped", STOPPED)
        except BrokenPipeError:
            # The reader went away (as `| head` does); nothing is left to be said, not even on the way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except MemoryError as error:
            _exit("not enough memory; try fewer --workers, fewer replications or fewer leads", FAILED, error)
        except OSError as error:
            _exit(_in_words(error), FAILED, error)
        except Exception as error:
            _exit(
                f"unforeseen {type(error).__name__}: {error} (a fault of channelsim, not yours; please report it "
                f"with the scenario and with what {DEBUG_VARIABLE}=1 adds to this line)",
                FAILED,
                error,
            )
        sys.exit(status if isinstance(status, int) else 0)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: channelsim new quickstart my.yaml, then channelsim run my.yaml",
)
@click.version_option(VERSION, prog_name="channelsim")
def main() -> None:
    """Simulate a sales organisation lead by lead: sell by phone, in person or both, and at what cost per deal?"""


def _in_words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{where}the disk is full; free some space or choose another folder"
    return f"{where}{error.strerror or error}"


def _exit(message: str, status: int, error: BaseException | None = None) -> NoReturn:
    if error is not None and os.environ.get(DEBUG_VARIABLE):
        click.echo("".join(traceback.format_exception(error)), err=True)
    click.echo(message, err=True)
    sys.exit(status)
