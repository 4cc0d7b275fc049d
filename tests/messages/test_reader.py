"""Reading YAML: plain data, and the place of everything in it."""

from __future__ import annotations

import datetime as dt

import pytest

from channelsim.errors import ScenarioError
from channelsim.scenario.reader import MAX_BYTES, read_file, read_text
from channelsim.scenario.tree import Place


def message(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "f.yaml")
    return str(caught.value)


def test_values_are_what_yaml_1_2_says_they_are():
    data = read_text(
        "{a: 8, b: 0.5, c: true, d: yes, e: 08:00, f: 2027-01-04, g: '8', h: ~, 0: 1e3}", "f.yaml"
    ).data
    assert data == {
        "a": 8, "b": 0.5, "c": True, "d": "yes", "e": "08:00", "f": dt.date(2027, 1, 4), "g": "8", "h": None,
        0: 1000.0,
    }  # fmt: skip


def test_every_key_and_value_has_its_place():
    tree = read_text("teams:\n  inside:\n    headcount: 8\nrouting:\n  - motion: phone\n", "f.yaml")
    assert tree.key_place(("teams", "inside", "headcount")) == Place("f.yaml", 3, 5)
    assert tree.value_place(("teams", "inside", "headcount")) == Place("f.yaml", 3, 16)
    assert tree.value_place(("routing", 0, "motion")) == Place("f.yaml", 5, 13)


def test_an_alias_stands_where_it_is_written_and_its_parts_where_they_are():
    tree = read_text("a: &hours {open: 9}\nb: *hours\n", "f.yaml")
    assert tree.data["b"] == {"open": 9}
    assert tree.value_place(("b",)) == Place("f.yaml", 2, 4)
    assert tree.value_place(("b", "open")) == Place("f.yaml", 1, 18)


def test_a_merge_brings_in_what_the_mapping_does_not_say_itself():
    tree = read_text("a: &a {x: 1, y: 2}\nb: &b {z: 3}\nc: {<<: [*a, *b], y: 5}\n", "f.yaml")
    assert tree.data["c"] == {"x": 1, "y": 5, "z": 3}


def test_the_earlier_of_two_merged_mappings_wins():
    tree = read_text("a: &a {x: 1}\nb: &b {x: 2}\nc: {<<: [*a, *b]}\n", "f.yaml")
    assert tree.data["c"] == {"x": 1}


def test_all_duplicate_keys_are_found_and_the_first_of_each_is_kept():
    tree = read_text("a: 1\na: 2\nb: {c: 1, c: 2, c: 3}\n", "f.yaml")
    assert tree.data == {"a": 1, "b": {"c": 1}}
    assert [(problem.line, problem.column, problem.path) for problem in tree.problems] == [
        (2, 1, "a"),
        (3, 11, "b.c"),
        (3, 17, "b.c"),
    ]


def test_merges_of_merges_stay_cheap_and_small():
    lines = ["m0: &m0 {x: 1}"] + [f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}" for i in range(1, 30)]
    assert read_text("\n".join(lines), "f.yaml").data["m29"] == {"x": 1}


def test_a_thousand_brackets_are_refused_rather_than_followed():
    assert message("a: " + "[" * 1000) == "f.yaml:1:44: (file): nested more than 40 deep; a scenario is flatter"


def test_a_long_chain_of_aliases_is_refused_rather_than_followed():
    chain = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 100))
    assert "aliases that expand" in message(chain)


def test_a_number_with_thousands_of_digits_is_read_as_endless():
    assert read_text("a: " + "9" * 5000, "f.yaml").data == {"a": float("inf")}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n")
    tree = read_file(file)
    assert tree.data == {"a": 1, "b": {"c": 2}}
    assert tree.value_place(("b", "c")).line == 3


def test_a_file_that_is_too_large_is_refused(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ScenarioError, match="larger than 4 MB; a scenario is a short text"):
        read_file(file)


def test_a_workbook_is_told_from_a_text_in_another_encoding(tmp_path):
    file = tmp_path / "workbook.xlsx"
    file.write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
    with pytest.raises(ScenarioError, match=r"workbook\.xlsx: \(file\): not a text \(a workbook, an image or the"):
        read_file(file)


@pytest.mark.parametrize("name", ["nowhere.yaml", ".", "", "a\0b"])
def test_what_is_no_readable_file_is_one_line(name: str, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        read_file(name)
    assert len(caught.value.problems) == 1
