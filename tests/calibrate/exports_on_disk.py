"""Exports as files, small enough to be worked out by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from channelsim.calibrate.reading.mapping import mapping_from_text
from channelsim.calibrate.reading.read import Reading, read_with_mapping
from channelsim.calibrate.records import Count, Export

HEADING = "Opportunity ID,Created Date,Close Date,Stage,Amount"


def report(*rows: str, heading: str = HEADING) -> str:
    """An opportunity report of rows."""
    return "\n".join((heading, *rows)) + "\n"


def won_and_lost(rows: int = 30) -> str:
    """A report in which every third deal is won."""
    return report(
        *(
            f"{row},2026-01-{1 + row % 28:02d},2026-03-{1 + row % 28:02d},{_stage(row)},{1000 + row}"
            for row in range(rows)
        )
    )


def _stage(row: int) -> str:
    return "Closed Won" if row % 3 == 0 else "Closed Lost"


def reading(folder: Path, files: MappingOf[str, str | bytes] | str, mapping: str | None = None) -> Reading:
    """Write files and read them. A text alone is deals.csv."""
    contents = {"deals.csv": files} if isinstance(files, str) else files
    paths = []
    for name, content in contents.items():
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return read_with_mapping(paths, mapping_from_text(mapping) if mapping else None)


def read(folder: Path, files: MappingOf[str, str | bytes] | str, mapping: str | None = None) -> Export:
    """Write files and read them into an export."""
    return reading(folder, files, mapping).export


def counted(export: Export, what: str) -> Count:
    """The one count whose words contain these."""
    (found,) = [count for count in export.counts if what in count.what]
    return found


def stages_of(export: Export, key: str) -> Sequence[tuple[int, float, str]]:
    """Step, days and ending of the stages of a deal."""
    deal = export.deals.filter(export.deals["key"] == key)["deal"].item()
    rows = export.stages.filter(export.stages["deal"] == deal).select("step", "days", "ending")
    return [(step, round(days, 6), ending) for step, days, ending in rows.iter_rows()]


def zipped(files: MappingOf[str, str | bytes]) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def check_promises(export: Export) -> None:
    """What every export keeps, whatever it was made from (records.py)."""
    deals, stages = export.deals, export.stages
    assert deals["deal"].to_list() == list(range(len(deals)))
    assert deals["route"].null_count() == deals["days"].null_count() == 0
    assert {route.name for route in export.routes} >= set(deals["route"])
    assert set(export.segments) >= set(deals["segment"].drop_nulls())
    assert set(export.sources) >= set(deals["source"].drop_nulls())
    assert (deals["value"].drop_nulls() > 0).all()
    assert (stages["days"] >= 0).all()
    ends = stages.group_by("deal", maintain_order=True).agg(
        pl.col("step"), pl.col("ending").last().alias("last"), (pl.col("ending") != "yes").sum().alias("stops")
    )
    both = deals.join(ends, on="deal", how="left").sort("deal")
    assert both["step"].null_count() == 0
    assert both["step"].to_list() == [list(range(len(steps))) for steps in both["step"].to_list()]
    said = pl.col("ending").replace_strict({"won": "yes", "lost": "no", "open": "open"})
    assert both.select((said == pl.col("last")).all()).item()
    assert both.select((pl.col("stops") == (pl.col("ending") != "won")).all()).item()
    length = pl.col("route").replace_strict({route.name: len(route.steps) for route in export.routes})
    won = both.filter(pl.col("ending") == "won")
    assert won.select((pl.col("step").list.len() == length).all()).item()
