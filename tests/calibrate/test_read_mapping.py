"""The mapping file: what is wrong with it is said where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports_on_disk import read, reading, report, won_and_lost

from channelsim.calibrate.reading.mapping import KEYS, Mapping, mapping_from_text, mapping_text, read_mapping
from channelsim.calibrate.reading.read import confirmation, draft_mapping
from channelsim.errors import ScenarioError, UserError

WRONG = {
    "colums: {}": "the mapping:1:1: colums: unknown key 'colums'; did you mean 'columns'?",
    "columns: {creatd: x}": "the mapping:1:11: columns.creatd: unknown field 'creatd'; did you mean 'created'?",
    "columns: [a]": "the mapping:1:10: columns: must be lines field: heading",
    "dates: dayfirst": "the mapping:1:8: dates: dayfirst; must be day_first or month_first",
    "won: [a]\nlost: [A]": "the mapping:2:7: lost: 'a' stands under won, too; it can mean one of them",
    "routes: {A: phone}": "the mapping:1:13: routes.A: phone; must be one of inside, outside, hybrid, ignore",
    "as_of: yesterday": "the mapping:1:8: as_of: yesterday; must be a day such as 2026-12-31, without quotes",
    "decimal: ';'": "the mapping:1:10: decimal: ;; must be . or ,",
    "currency: euros": "the mapping:1:11: currency: euros; must be a code such as EUR",
    "encoding: hex": "the mapping:1:11: encoding: hex; must be an encoding such as utf-8, utf-16 or cp1252",
    "segments_by_value: [5, 2]":
        "the mapping:1:20: segments_by_value: must be numbers above 0, each above the one before: [10000, 50000]",
    "stages: {a: {}}": "the mapping:1:13: stages.a: must be the values of the stage column that belong to it",
    "[1]": "the mapping: (file): no lines key: value; a mapping file begins with a line such as columns:",
    "won: [a]\nwon: [b]": "the mapping:2:1: won: 'won' is written again (first on line 1); keep one of them",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_told_where_it_stands(text: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        mapping_from_text(text)
    assert str(raised.value) == WRONG[text]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as raised:
        mapping_from_text("dates: x\ndecimal: y\nsomething: z\n")
    assert [problem.line for problem in raised.value.problems] == [1, 2, 3]


def test_a_heading_that_no_file_has_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"the mapping:1:11: columns.created: .*did you mean 'Created Date'\?"):
        read(tmp_path, won_and_lost(), "columns: {created: Crated Date}")


def test_columns_with_any_heading_can_be_named(tmp_path: Path) -> None:
    text = "Titel des Ganzen\n" + report("1,2026-01-01,2026-02-01,JA,5", "2,2026-01-01,2026-02-01,NEIN,5",
                                         heading="Lfd,Beginn,Ende,Erfolg,Summe")  # fmt: skip
    mapping = (
        "columns: {key: Lfd, created: Beginn, closed: Ende, result: Erfolg, amount: Summe}\nwon: [JA]\nlost: [NEIN]"
    )
    found = reading(tmp_path, text, mapping)
    assert found.export.deals["ending"].to_list() == ["won", "lost"]
    assert {column.how for column in found.export.columns} == {"by the mapping file"}


def test_a_field_may_be_said_to_be_none(tmp_path: Path) -> None:
    assert read(tmp_path, won_and_lost(), "columns: {amount: }").deals["value"].null_count() == 30


def test_a_mapping_file_is_read_from_disk_or_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("currency: EUR\n")
    assert read_mapping(path).currency == "EUR"
    path.write_bytes(b"\xff\xfe\x00")
    for wrong, words in ((path, "not UTF-8"), (tmp_path, "a folder"), (tmp_path / "none.yaml", "--write-map")):
        with pytest.raises(UserError, match=words):
            read_mapping(wrong)


def test_a_mapping_with_everything_in_it_is_written_and_read_again() -> None:
    text = """
columns: {key: "a: \\"b\\"", owner: }
stages: {first: [A, "B #1"], second: ["1"]}
won: [Yes]
lost: ["No\\n"]
routes: {Reseller: ignore, Phone: inside}
segments_by_value: [10000, 50000.5]
dates: month_first
decimal: ","
currency: EUR
since: 2025-01-01
as_of: 2026-12-31
test_rows: []
repeated_keys: all
encoding: cp1252
sheet: Deals
"""
    mapping = mapping_from_text(text)
    written = mapping_text(mapping)
    assert mapping_text(mapping_from_text(written)) == written
    assert mapping_from_text(mapping_text(Mapping())).columns == {}


def test_a_first_mapping_can_be_written_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Opportunity ID,Amount,Something\n1,2,3\n")
    assert draft_mapping([path]).columns == {"key": "Opportunity ID", "amount": "Amount"}


def test_the_table_to_confirm_shows_used_columns_first(tmp_path: Path) -> None:
    export = read(tmp_path, won_and_lost().replace("Stage", "Zodiac,Stage").replace("Closed", "Leo,Closed"))
    rows = confirmation(export.columns)
    assert rows[0] == ("deals.csv", "Opportunity ID", "key", "by its name", "0, 1")
    assert rows[-1] == ("deals.csv", "Zodiac", "not used", "", "Leo")


def test_the_guides_mapping_file_is_right_and_names_every_key() -> None:
    page = Path("docs/calibrate.md").read_text()
    text = page.split("<!-- the mapping file -->\n```text\n")[1].split("```")[0]
    assert set(mapping_from_text(text).tree.data) == set(KEYS)
