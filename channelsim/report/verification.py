"""What a verification found, on the terminal and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.engine.trace import LEAD_SHIFT, Event, Happening
from channelsim.program.layout import Layout
from channelsim.report.lead_story import moment
from channelsim.verification.engines import Agreement
from channelsim.verification.queues import CHECKS, Finding

RIGHT, WRONG = "right", "[bold red]WRONG[/]"
COLUMNS = ("check", "figure", "theory", "simulated", "half_width", "right")


def agreement_table(agreements: Mapping[str, list[Agreement]]) -> Table:
    """A row a strategy: how many events were compared, and what each engine took."""
    table = _table()
    table.add_column("strategy")
    for title in ("events compared", "reference", "fast"):
        table.add_column(title, justify="right")
    table.add_column("")
    for name, found in agreements.items():
        seconds = (sum(each.reference_seconds for each in found), sum(each.fast_seconds for each in found))
        table.add_row(
            escape(name),
            f"{sum(len(each.reference_hours) for each in found):,}",
            *(f"{each:.2g} s" for each in seconds),
            _word(all(each.is_right for each in found)),
        )
    return table


def theory_table(findings: Mapping[str, list[Finding]]) -> Table:
    """A row a check, and one for each figure of it that is wrong."""
    table = _table()
    table.add_column("check")
    table.add_column("right", justify="right")
    table.add_column("such as")
    for heading in ("theory", "simulated"):
        table.add_column(heading, justify="right")
    for name, found in findings.items():
        wrong = [each for each in found if not each.is_right]
        right = f"{len(found) - len(wrong)} of {len(found)}"
        table.add_row(escape(CHECKS[name].title), right, *_figure((wrong or found)[0]))
        for each in wrong[1:]:
            table.add_row("", "", *_figure(each))
    return table


def _figure(finding: Finding) -> tuple[str, str, str]:
    simulated = f"{finding.simulated.mean:.4f} ± {finding.simulated.half_width:.4f}"
    style = "" if finding.is_right else "[bold red]"
    return f"{style}{escape(finding.what)}", f"{style}{finding.theory:.4f}", f"{style}{simulated}"


def _table() -> Table:
    return Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)


def _word(is_right: bool) -> str:
    return RIGHT if is_right else WRONG


def print_differences(
    console: Console, agreements: Mapping[str, list[Agreement]], layouts: Mapping[str, Layout]
) -> None:
    """Where engines part: the first event that differs, and the books that do."""
    for name, found in agreements.items():
        for each in found:
            if each.first_difference is not None:
                number, expected, other = each.first_difference
                console.print(
                    f"{escape(name)}, replication {each.replication}, event {number + 1:,}:\n"
                    f"  reference  {escape(_in_words(expected, layouts[name]))}\n"
                    f"  fast       {escape(_in_words(other, layouts[name]))}"
                )
            if each.different_books:
                books = ", ".join(each.different_books)
                console.print(f"{escape(name)}, replication {each.replication}: the ledgers differ in {books}")


def _in_words(event: Event | None, layout: Layout) -> str:
    if event is None:
        return "has come to its end"
    what = Happening(event.happening).name.lower().replace("_", " ")
    if event.lead < 0:
        return f"{moment(layout, event.time)}: {what}, seat {event.seat}"
    stream = "/".join(layout.streams[event.lead >> LEAD_SHIFT])
    number = (event.lead & ((1 << LEAD_SHIFT) - 1)) + 1
    return f"{moment(layout, event.time)}: {stream}/{number} {what} ({event.value:.17g})"


def findings_csv(findings: Mapping[str, list[Finding]]) -> bytes:
    """Every figure of every check, numbers in full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for check, found in findings.items():
        for each in found:
            simulated = each.simulated
            writer.writerow([check, each.what, each.theory, simulated.mean, simulated.half_width, each.is_right])
    return text.getvalue().encode()
