"""Dirt: each kind is counted, said, and nothing is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports_on_disk import check_promises, counted, read, report, won_and_lost

from channelsim.errors import UserError

HEADING = (
    "Opportunity ID,Opportunity Name,Created Date,Close Date,Stage,Amount,Owner,Lead Source,Last Modified Date"
)


def row(key: object, **fields: object) -> str:
    values = {
        "name": f"Customer {key}", "created": "2026-01-05", "closed": "2026-02-05", "stage": "Closed Won",
        "amount": 100, "owner": "Ann", "source": "Web", "modified": "2026-02-05",
    } | fields  # fmt: skip
    return ",".join(map(str, [key, *values.values()]))


USUAL = [row(f"u{each}", stage="Closed Lost" if each % 2 else "Closed Won") for each in range(40)]


def export_of(folder: Path, *rows: str, mapping: str | None = None):  # type: ignore[no-untyped-def]
    export = read(folder, report(*USUAL, *rows, heading=HEADING), mapping)
    check_promises(export)
    return export


def test_exact_duplicates_are_dropped(tmp_path: Path) -> None:
    export = export_of(tmp_path, USUAL[3], USUAL[3], USUAL[5])
    assert len(export.deals) == 40
    assert counted(export, "exact duplicates").rows == 3


def test_of_rows_of_one_key_the_last_changed_or_closed_stands(tmp_path: Path) -> None:
    old_first = [row("a", amount=1, modified="2026-01-06"), row("a", amount=2, modified="2026-02-07")]
    new_first = [row("b", amount=2, modified="2026-02-07"), row("b", amount=1, modified="2026-01-06")]
    open_last = [row("c", amount=2), row("c", amount=1, stage="Proposal")]
    rows = [*old_first, *new_first, *open_last]
    export = export_of(tmp_path, *rows)
    assert [export.deals.filter(export.deals["key"] == key)["value"].to_list() for key in "abc"] == [[2.0]] * 3
    assert counted(export, "repeat a key").rows == 3
    assert len(export_of(tmp_path, *rows, mapping="repeated_keys: all").deals) == 46


def test_test_rows_are_dropped_by_their_names(tmp_path: Path) -> None:
    rows = [row("t1", name="TEST please ignore"), row("t2", name="My test"), row("ok", name="Contest Ltd")]
    export = export_of(tmp_path, *rows)
    assert set(export.deals["key"]) & {"t1", "t2", "ok"} == {"ok"}
    assert counted(export, "test rows").rows == 2
    assert len(export_of(tmp_path, *rows, mapping="test_rows: []").deals) == 43
    assert len(export_of(tmp_path, *rows, mapping="test_rows: [customer]").deals) == 3


def test_a_maker_of_test_equipment_keeps_its_deals(tmp_path: Path) -> None:
    export = export_of(tmp_path, *(row(f"t{each}", name="Test bench") for each in range(20)))
    assert len(export.deals) == 60
    assert counted(export, "word test").rows == 20


def test_a_deal_closed_before_it_was_created_took_no_time(tmp_path: Path) -> None:
    export = export_of(tmp_path, row("x", closed="2026-01-01"))
    assert counted(export, "closed before created").examples == ("x",)
    assert export.deals.filter(export.deals["key"] == "x").select("days", "ending").row(0) == (0.0, "won")


def test_amounts_of_nothing_are_no_values(tmp_path: Path) -> None:
    export = export_of(
        tmp_path, row("a", amount=0), row("b", amount=-5), row("c", amount=""), row("d", amount="tbd")
    )
    assert export.deals["value"].null_count() == 4
    for what, rows in (("amount of 0", 1), ("negative amount", 1), ("no amount", 2), ("not a number", 1)):
        assert counted(export, what).rows == rows


def test_rows_without_the_days_that_matter_are_dropped(tmp_path: Path) -> None:
    export = export_of(tmp_path, row("a", created=""), row("b", closed=""), row("c", closed="", stage="Proposal"))
    assert counted(export, "no day of creation").examples == ("a",)
    assert counted(export, "no day on which").examples == ("b",)
    assert set(export.deals["key"]) & {"a", "b", "c"} == {"c"}


def test_missing_owners_and_sources_are_kept_and_counted(tmp_path: Path) -> None:
    export = export_of(tmp_path, row("a", owner="", source=""))
    assert counted(export, "no owner").rows == counted(export, "no source").rows == 1
    assert len(export.deals) == 41


def test_a_day_far_from_all_others_is_a_slip(tmp_path: Path) -> None:
    rows = [row("late", created="2206-01-05", closed="2206-02-05"), row("early", created="1900-01-01")]
    export = export_of(tmp_path, rows[0])
    assert counted(export, "a slip").examples == ("2206-01-05",)
    assert str(export.origin) == "2026-01-05"
    assert counted(export_of(tmp_path, rows[1]), "a slip").examples == ("1900-01-01",)


def test_an_open_deals_day_of_closing_is_a_hope_and_moves_nothing(tmp_path: Path) -> None:
    export = export_of(tmp_path, row("o", stage="Proposal", closed="2030-01-01"))
    assert export.cutoff_day == 32.0  # the end of 5 February
    assert export.deals.filter(export.deals["key"] == "o").select("days", "closed_day").row(0) == (31.0, None)
    assert counted(export, "open deals").rows == 1


def test_nothing_is_known_beyond_the_day_of_the_export(tmp_path: Path) -> None:
    rows = [row("a", closed="2026-02-20"), row("b", created="2026-02-15", closed="2026-02-20")]
    export = export_of(tmp_path, *rows, mapping="as_of: 2026-02-10")
    assert counted(export, "closed after").examples == ("a",)
    assert counted(export, "created after").examples == ("b",)
    assert export.deals.filter(export.deals["key"] == "a").select("days", "ending").row(0) == (36.0, "open")
    assert export.cutoff_day == 37.0


def test_deals_that_began_before_the_window_are_left_out(tmp_path: Path) -> None:
    export = export_of(tmp_path, row("old", created="2025-12-01"), mapping="since: 2026-01-01")
    assert counted(export, "before since:").examples == ("old",)
    assert str(export.origin) == "2026-01-01"
    assert export.deals["created_day"].min() == 4.0


def test_amounts_in_other_currencies_are_not_added_up(tmp_path: Path) -> None:
    text = (
        won_and_lost()
        .replace("Amount", "Amount,Currency")
        .replace("\n", ",EUR\n")
        .replace("Currency,EUR", "Currency")
    )
    export = read(tmp_path, text + "99,2026-01-01,2026-02-01,Closed Won,5,USD\n")
    assert export.currency == "EUR"
    assert counted(export, "another currency").examples == ("99",)


def test_without_a_won_deal_the_values_are_named(tmp_path: Path) -> None:
    text = report("1,2026-01-02,2026-03-04,Foo,12", "2,2026-01-03,2026-03-04,Bar,5")
    with pytest.raises(UserError, match=r"no deal is won; .* 'Foo', 'Bar'; write those that mean won under won:"):
        read(tmp_path, text)
    assert read(tmp_path, text, "won: [foo]\nlost: [Bar]").deals["ending"].to_list() == ["won", "lost"]


def test_a_result_that_says_neither_is_open_and_counted(tmp_path: Path) -> None:
    text = won_and_lost().replace("Stage", "Status") + "99,2026-01-01,,On hold,5\n"
    export = read(tmp_path, text)
    assert counted(export, "neither won nor lost").examples == ("On hold",)
    assert export.deals.filter(export.deals["key"] == "99")["ending"].item() == "open"


def test_many_segments_are_put_together(tmp_path: Path) -> None:
    lines = won_and_lost().splitlines()
    rows = [f"{line},Trade {number % 20}" for number, line in enumerate(lines[1:])]
    export = read(tmp_path, "\n".join([lines[0] + ",Industry", *rows]))
    assert len(export.segments) == 8
    assert export.segments[-1] == "other"
    assert any("put together" in sentence for sentence in export.sentences)


def test_segments_may_be_bands_of_value(tmp_path: Path) -> None:
    export = read(tmp_path, won_and_lost(), "segments_by_value: [1010, 1020]")
    assert export.segments == ("under_1010", "from_1010_to_1020", "from_1020")
    assert export.deals["segment"].value_counts().sort("segment")["count"].to_list() == [10, 10, 10]


def test_routes_may_be_ignored_or_given_a_channel(tmp_path: Path) -> None:
    lines = won_and_lost().splitlines()
    rows = [f"{line},{('Partner', 'Phone', 'Field')[number % 3]}" for number, line in enumerate(lines[1:-1])]
    rows[1] += "\n" + lines[-1] + ","
    text = "\n".join([lines[0] + ",Sales Channel", *rows])
    export = read(tmp_path, text, "won: [Closed Won]\nroutes: {Partner: hybrid, phone: outside}")
    assert {route.label: route.channel for route in export.routes} == {
        "Partner": "hybrid", "Phone": "outside", "Field": "outside", "not said": "hybrid"
    }  # fmt: skip
    export = read(tmp_path, text, "won: [Closed Lost]\nlost: [Closed Won]\nroutes: {Partner: ignore}")
    assert set(export.deals["route"]) == {"phone", "field", "not_said"}
    assert counted(export, "to be ignored").rows == 10
    with pytest.raises(UserError, match=r"the mapping:1:10: routes.Partnr: .* did you mean 'Partner'\?"):
        read(tmp_path, text, "routes: {Partnr: ignore}")
