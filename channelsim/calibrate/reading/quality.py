"""What is wrong with rows, and what becomes of them. Each kind is counted; nothing is dropped in silence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from channelsim.calibrate.reading.dates import YEARS
from channelsim.calibrate.reading.deals import Deals
from channelsim.calibrate.reading.mapping import Mapping
from channelsim.calibrate.reading.notes import Notes, listed
from channelsim.calibrate.records import OPEN, WON
from channelsim.errors import UserError

TEST_WORDS = ("test", "testing", "dummy")
FEW = 0.05
"""Share of rows up to which they are what they seem, such as tests: a maker of test equipment has more."""
MAX_TESTS_OF_FEW = 3
SLIP_SHARE = 0.001
SLIP_DAYS = {"late": 90, "early": 366}
"""A date that so many days part from all others, and of which there are no more than SLIP_SHARE, is a slip."""
MIN_DATES = 20
DATES_OF_A_DEAL = 2
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The time that an export covers."""

    origin: dt.date
    cutoff: dt.datetime


def clean(
    deals: Deals, mapping: Mapping, as_of: dt.date | None, notes: Notes
) -> tuple[pl.DataFrame, Window | None]:
    """Deals that can be used, with `created` and `closed` in the window, and the window; None without dates.

    Raises UserError where none is left or none is won.
    """
    rows = _without_tests(deals.rows, mapping, notes)
    rows = _without_repeats(rows, deals, mapping, notes)
    window = None
    if deals.has_dates:
        rows = _dated(rows, deals, notes)
        rows, window = _in_window(rows, deals, mapping, as_of, notes)
    else:
        rows = _with_days(rows, notes)
    _check_some(rows, deals)
    rows = _amounts(rows, mapping, notes)
    for field, words in (("source", "no source"), ("segment", "no segment"), ("owner", "no owner")):
        if rows[field].null_count() < len(rows):
            notes.count_where(rows, pl.col(field).is_null(), words, "kept")
    notes.count_where(rows, pl.col("ending") == OPEN, "open deals" if deals.losses_are_seen else "not won so far",
                      "kept: how long they have taken so far counts")  # fmt: skip
    return rows, window


def _without_tests(rows: pl.DataFrame, mapping: Mapping, notes: Notes) -> pl.DataFrame:
    words = TEST_WORDS if mapping.test_rows is None else mapping.test_rows
    if not words or rows["name"].null_count() == len(rows):
        return rows
    pattern = "|".join(_escaped(word.lower()) for word in words)
    where = pl.col("name").str.to_lowercase().str.contains(rf"\b(?:{pattern})\b").fill_null(False)
    found = int(rows.select(where.sum()).item())
    if mapping.test_rows is None and found > max(FEW * len(rows), MAX_TESTS_OF_FEW):
        notes.count("names with the word test", found, "kept: too many to be test rows; test_rows: says otherwise",
                    rows.filter(where)["name"])  # fmt: skip
        return rows
    notes.count("test rows, by their names", found, "dropped", rows.filter(where)["name"])
    return rows.filter(~where)


def _escaped(word: str) -> str:
    return "".join(each if each.isalnum() or each == " " else f"\\x{{{ord(each):x}}}" for each in word)


def _without_repeats(rows: pl.DataFrame, deals: Deals, mapping: Mapping, notes: Notes) -> pl.DataFrame:
    """Of rows of one key the latest, where dates say that it is one deal seen twice; without dates all, for then
    nothing says so."""
    choice = mapping.repeated_keys or ("latest" if deals.has_dates else "all")
    repeats = len(rows) - rows["key"].n_unique()
    if not repeats:
        return rows
    examples = rows.filter(pl.col("key").is_duplicated())["key"].unique(maintain_order=True)
    what = "rows that repeat a key with other content"
    if choice == "all":
        notes.count(what, repeats, "kept, each as a deal; repeated_keys: latest says otherwise", examples)
        return rows
    notes.count(
        what, repeats, "dropped: the row last changed, or else closed, or else the last one stands", examples
    )
    ordered = rows.with_row_index("row").sort(
        pl.col("modified"), pl.col("ending") != OPEN, "row", nulls_last=False, maintain_order=True
    )
    return ordered.unique("key", keep="last").sort("row").drop("row")


def _dated(rows: pl.DataFrame, deals: Deals, notes: Notes) -> pl.DataFrame:
    """Rows whose dates are known, to the day where times of day are not known of all."""
    notes.count_where(rows, pl.col("created").is_null(), "no day of creation", "dropped")
    rows = rows.filter(pl.col("created").is_not_null())
    unended = (pl.col("ending") != OPEN) & pl.col("closed").is_null()
    missing = notes.count_where(rows, unended, "won or lost, but no day on which", "dropped")
    if missing > FEW * len(rows):
        notes.say(
            f"{missing:,} deals that ended are left out for want of a day, so rates rest on the others alone."
        )
    rows = rows.filter(~unended)
    if not deals.has_times:
        rows = rows.with_columns(pl.col("created", "closed").dt.truncate("1d"))
    return rows


def _in_window(
    rows: pl.DataFrame, deals: Deals, mapping: Mapping, as_of: dt.date | None, notes: Notes
) -> tuple[pl.DataFrame, Window]:
    rows = _without_slips(rows, notes)
    if not len(rows):
        raise UserError(
            "no row has a day of creation that can be used; look at the columns and at dates: in a mapping"
        )
    until = as_of or mapping.as_of
    if until is not None and not YEARS[0] <= until.year <= YEARS[1]:
        raise UserError(f"as_of: {until} is no day of an export; write one such as 2026-12-31")
    if until is not None:
        cutoff = dt.datetime.combine(until + DAY, dt.time())
    else:
        cutoff = _latest(rows, deals)
        notes.say(f"The export is taken to be of {cutoff:%Y-%m-%d}, the last day in it; as_of: says otherwise.")
        if not deals.has_times:
            cutoff += DAY
    late = pl.col("created") >= cutoff if until or not deals.has_times else pl.lit(False)
    notes.count_where(rows, late, "created after the day of the export", "dropped")
    rows = rows.filter(~late)
    if mapping.since is not None:
        start = dt.datetime.combine(mapping.since, dt.time())
        notes.count_where(rows, pl.col("created") < start, "created before since:", "dropped")
        rows = rows.filter(pl.col("created") >= start)
    later = pl.col("closed") >= cutoff if until else pl.lit(False)
    notes.count_where(rows, later, "closed after the day of the export", "taken as open")
    rows = rows.with_columns(
        ending=pl.when(later).then(pl.lit(OPEN)).otherwise(pl.col("ending")),
        closed=pl.when(later).then(None).otherwise(pl.col("closed")),
    )
    before = pl.col("closed") < pl.col("created")
    notes.count_where(rows, before, "closed before created", "kept, as closed when they were created")
    rows = rows.with_columns(closed=pl.when(before).then(pl.col("created")).otherwise(pl.col("closed")))
    if not len(rows):
        raise UserError("no deal was created between since: and as_of:; look at these in the mapping file")
    origin = mapping.since or rows.select(pl.col("created").min().dt.date()).item()
    return rows, Window(origin, cutoff)


def _latest(rows: pl.DataFrame, deals: Deals) -> dt.datetime:
    """The last time at which anything happened."""
    found = [rows["created"].max(), rows["closed"].max()]
    if deals.history is not None:
        last = max(each for each in found if isinstance(each, dt.datetime))
        soon = deals.history.filter(pl.col("at") < last + SLIP_DAYS["late"] * DAY)["at"]
        found.append(soon.max() if deals.has_times else soon.dt.truncate("1d").max())
    return max(each for each in found if isinstance(each, dt.datetime))


def _without_slips(rows: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Without dates far from all others, such as the year 2206."""
    days = pl.concat([rows["created"], rows["closed"].drop_nulls()]).dt.epoch("d").sort().to_numpy()
    low, high = _usual(days)
    for field, words in (("created", "created"), ("closed", "won or lost")):
        day = pl.col(field).dt.epoch("d")
        slips = ((day < low) | (day > high)).fill_null(False)
        found = rows.filter(slips)
        notes.count(f"{words} on a day far from all others, a slip", len(found), "dropped",
                    found[field].dt.strftime("%Y-%m-%d"))  # fmt: skip
        rows = rows.filter(~slips)
    return rows


def _usual(days: np.ndarray) -> tuple[int, int]:
    """The first and last day that are no slips, of sorted days."""
    few = max(DATES_OF_A_DEAL, int(SLIP_SHARE * len(days)))
    if len(days) < MIN_DATES:
        return (int(days[0]), int(days[-1])) if len(days) else (0, 0)
    gaps = np.diff(days)
    late = np.flatnonzero(gaps[-few:] > SLIP_DAYS["late"])
    early = np.flatnonzero(gaps[:few] > SLIP_DAYS["early"])
    high = days[len(days) - few - 1 + late[0]] if len(late) else days[-1]
    low = days[early[-1] + 1] if len(early) else days[0]
    return int(low), int(high)


def _with_days(rows: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    days = pl.col("days_total")
    notes.count_where(rows, days.is_null(), "no days from beginning to end", "dropped")
    rows = rows.filter(days.is_not_null())
    notes.count_where(rows, days < 0, "a negative number of days", "kept, as closed when they were created")
    return rows.with_columns(days_total=days.clip(0))


def _check_some(rows: pl.DataFrame, deals: Deals) -> None:
    if not len(rows):
        raise UserError("no row is left that can be used; look at the columns in a mapping file")
    if not (rows["ending"] == WON).any():
        said = rows["stage"].drop_nulls().unique(maintain_order=True)
        if deals.history is not None and not len(said):
            said = deals.history["stage"].unique(maintain_order=True)
        values = f"; values of the stage are {listed(said)}" if len(said) else ""
        raise UserError(f"no deal is won{values}; write those that mean won under won: in a mapping file")


def _amounts(rows: pl.DataFrame, mapping: Mapping, notes: Notes) -> pl.DataFrame:
    """With values above 0 alone, in one currency."""
    amount = pl.col("amount")
    if rows["amount"].null_count() == len(rows):
        notes.say("No amounts are in the export.")
        return rows
    notes.count_where(rows, amount.is_null(), "no amount", "kept, without a value")
    notes.count_where(rows, amount == 0, "an amount of 0", "kept, without a value")
    notes.count_where(rows, amount < 0, "a negative amount", "kept, without a value")
    usable = amount > 0
    counts = rows["currency"].drop_nulls().value_counts(sort=True, name="rows")
    if len(counts) > 1:
        wanted = mapping.currency or str(counts.sort(["rows", "currency"], descending=[True, False])["currency"][0])
        other = pl.col("currency") != wanted
        notes.count_where(rows, other, f"an amount in another currency than {wanted}", "kept, without a value")
        usable &= ~other.fill_null(False)
    return rows.with_columns(amount=pl.when(usable).then(amount))
