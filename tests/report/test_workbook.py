"""The workbook of a run: formulas that give the simulator's figures, and text that is never a formula."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from ruamel.yaml import YAML

from channelsim.cli.main import main
from channelsim.errors import RunError
from channelsim.experiment.economics import FIGURES
from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import Failure
from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES
from channelsim.report.files import write_run
from channelsim.report.profit import economics_of
from channelsim.report.workbook.book import LONGEST_NAME, Book, sheet_names
from channelsim.report.workbook.charts import curve_sheet
from channelsim.report.workbook.economics import COLUMN
from channelsim.report.workbook.pnl import label_of
from channelsim.report.workbook.summary import AGREE
from channelsim.scenario.load import load
from pages import small_world
from workbooks import SOFFICE, formulas, opened, recalculated, row_of, workbook_of

CENT = 0.005
NAMES = ("phone", "field", "both")
FIRST_MONTH = 4  # column D
WARMUP, MONTHS = 2, 14
SHEETS_AFTER = [
    "By team", "By segment", "By source", "By channel", "By motion", "Unit economics", "Cohorts", "Monthly",
    "Checks", "Assumptions", "Manifest",
]  # fmt: skip
HOSTILE = '=HYPERLINK("http://example.org","+1 -1 @x")'
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="no soffice; install libreoffice-calc to recalculate workbooks"
)


def costly_world(**changes: Any) -> dict[str, Any]:
    """All that costs something, and all that keeps a mean from being a price times a mean."""
    tree = small_world(name="All that costs", currency="EUR")
    tree["horizon"] = {"start": dt.date(2027, 1, 4), "months": MONTHS, "warmup_months": WARMUP}
    tree["segments"]["small"] |= {"gross_margin": 0.8, "annual_churn": 0.3, "annual_expansion": 0.05}
    tree["segments"]["big"]["gross_margin"] = 0.55
    tree["sources"]["fairs"] = {
        "leads_per_month": 4,
        "budget": {"per_month": {0: 3000, 5: 4500}, "most_leads_per_month": 20, "half_at": 3000},
        "mix": {"small": 0.3, "big": 0.7},
        "cost_per_lead": 33.3,
    }
    tree["teams"]["inside"] |= {
        "headcount": {0: 4, 6: 2},
        "people": {"selling_share": 0.4, "annual_attrition": 0.5, "hire_days": 20, "ramp_months": 2},
        "pay": {
            "salary": 61234.56, "on_target_variable": 30000, "annual_quota": 200000, "benefits_rate": 0.21,
            "overhead_rate": 0.1, "rates": {"0%": 0.5, "50%": 1.0, "100%": 2.0}, "cap": 3.0,
            "draw": {"per_month": 1500, "months": 3}, "team_bonus": {"annual": 4000, "at": 0.8},
            "per_handoff": 25, "handoff_credit": 0.25, "manager_pay": 130000, "reps_per_manager": 6,
            "severance_months": 2.5, "hire_cost": 9000, "tool_seats_per_month": {"crm": 99.9},
        },
    }  # fmt: skip
    tree["teams"]["outside"] |= {
        "people": {"selling_share": 0.4, "annual_attrition": 0.3, "hire_days": 30, "managers": {"headcount": 1}},
        "pay": {
            "salary": 90000, "on_target_variable": 45000, "annual_quota": 700000, "benefits_rate": 0.18,
            "takeover_credit": 0.9, "manager_pay": 150000, "travel_per_visit": 310.5, "hire_cost": 20000,
        },
    }  # fmt: skip
    contact = {"team": "inside", "effort_hours": 0.2, "attempts": {"max": 2, "reach": 0.5}}
    close = {
        "team": "outside", "handoff": {"delay_hours": 10, "leak": 0.05}, "effort_hours": 3.0, "visit": True,
        "travel_hours": 1.5, "advance": 0.5, "buyer_days": 8, "opportunity": True,
    }  # fmt: skip
    tree["motions"]["handoff"] = {"steps": {"contact": contact, "close": close}}
    tree["strategies"]["both"]["routing"] = [{"when": {"segment": "big"}, "motion": "handoff"}, {"motion": "phone"}]
    tree["initiatives"] = {
        "coach": {"teams": ["inside"], "start_month": 3, "setup_cost": 5000, "cost_per_seat_month": 70,
                  "cost_per_month": 400.25},
    }  # fmt: skip
    tree["finance"] = {"cost_of_capital": 0.12, "discount_rate": 0.08, "lifetime_years": 3}
    return tree | changes


def unknown_world() -> dict[str, Any]:
    """Prices that nobody knows, beside some that everybody does."""

    def between(low: float, high: float) -> dict[str, Any]:
        return {"uncertain": {"dist": "uniform", "low": low, "high": high}}

    tree = costly_world()
    tree["teams"]["inside"]["pay"] |= {"salary": between(50000, 70000), "benefits_rate": between(0.1, 0.3)}
    tree["teams"]["outside"]["pay"] |= {"annual_quota": between(5e5, 9e5), "travel_per_visit": between(100, 500)}
    tree["sources"]["web"]["cost_per_lead"] = between(40, 120)
    tree["segments"]["big"]["gross_margin"] = between(0.4, 0.7)
    tree["finance"]["cost_of_capital"] = between(0.05, 0.2)
    tree["initiatives"]["coach"]["cost_per_seat_month"] = between(20, 90)
    return tree


@pytest.fixture(scope="module")
def result() -> Result:
    return run_study(load(costly_world()), replications=30)


@pytest.fixture(scope="module")
def unknown() -> Result:
    return run_study(load(unknown_world()), replications=12)


@pytest.fixture(scope="module")
def written(result: Result) -> bytes:
    return workbook_of(result)


@pytest.fixture(scope="module")
def book(written: bytes) -> Workbook:
    """Its formulas; to read only."""
    return opened(written)


@pytest.fixture(scope="module")
def values(written: bytes) -> Workbook:
    """What stands beside its formulas."""
    return opened(written, values=True)


@pytest.fixture(scope="module")
def unknown_written(unknown: Result) -> bytes:
    return workbook_of(unknown)


@pytest.fixture(scope="module")
def repriced() -> Result:
    """The same run at other prices."""
    sets = ("teams.inside.pay.salary=50000", "sources.web.cost_per_lead=200", "sources.fairs.cost_per_lead=1.5")
    return run_study(load(costly_world(), sets), replications=30)


@pytest.fixture(scope="module")
def anew(written: bytes, unknown_written: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """Workbooks as LibreOffice works them out: the run's, that with unknown prices, and the run's with three inputs
    changed by hand."""
    changed = opened(written)
    inputs = changed["Inputs"]
    for labels, value in (
        (("inside", "Salary a year"), 50000),
        (("web", "Cost per lead"), 200),
        (("fairs", "Cost per lead"), 1.5),
    ):
        for column in range(3, 3 + len(NAMES)):
            inputs.cell(row_below(inputs, *labels), column).value = value
    books = {"run": opened(written), "unknown": opened(unknown_written), "changed": changed}
    return recalculated(books, tmp_path_factory.mktemp("soffice"))


def row_below(sheet: Worksheet, owner: str, label: str) -> int:
    """The row of a price of an owner, whose name stands beside the first of its prices only."""
    owners = [(row[0].value, row[1].value, row[0].row) for row in sheet.iter_rows(max_col=2)]
    first = next(at for at, (name, _, _) in enumerate(owners) if name == owner)
    return int(next(row for _, text, row in owners[first:] if text == label))


def lines_of(book: Workbook, strategy: str) -> dict[str, np.ndarray]:
    """Line -> what its months come to."""
    sheet = book[f"P&L {strategy}"]
    found = {}
    for line in LINES:
        row = row_of(sheet, label_of(line))
        found[line] = np.array([sheet.cell(row, FIRST_MONTH + month).value for month in range(MONTHS)], float)
    return found


def test_the_sheets_come_in_order(book: Workbook) -> None:
    names = book.sheetnames
    profits = [f"P&L {name}" for name in NAMES]
    assert names == ["Summary", "Inputs", "Inputs by month", "Ledger", *profits, *SHEETS_AFTER]


def test_every_cell_of_a_profit_and_loss_is_a_formula_that_has_its_value(
    result: Result, book: Workbook, values: Workbook
) -> None:
    for strategy in NAMES:
        found = result.profit_and_loss[strategy].whole
        sheet = book[f"P&L {strategy}"]
        for row in range(row_of(sheet, "Bookings"), row_of(sheet, "Contribution") + 1):
            for month in range(MONTHS):
                assert sheet.cell(row, FIRST_MONTH + month).data_type == "f"
        for line, amounts in lines_of(values, strategy).items():
            np.testing.assert_allclose(amounts, found[LINES.index(line)], atol=1e-9)


def test_formulas_have_values_without_errors_before_anything_is_recalculated(
    book: Workbook, values: Workbook
) -> None:
    for sheet, cell, formula in formulas(book):
        value = values[sheet][cell].value
        assert value is not None, (sheet, cell, formula)
        assert not str(value).startswith("#"), (sheet, cell, formula, value)


@needs_libreoffice
def test_the_profit_and_loss_recalculates_to_the_cent(
    result: Result, unknown: Result, anew: dict[str, Workbook]
) -> None:
    for name, run in (("run", result), ("unknown", unknown)):
        for strategy in NAMES:
            found = run.profit_and_loss[strategy].whole
            for line, amounts in lines_of(anew[name], strategy).items():
                off = np.abs(amounts - found[LINES.index(line)])
                assert off.max() < CENT, (name, strategy, line)


@needs_libreoffice
def test_totals_of_periods_recalculate_to_the_cent(result: Result, anew: dict[str, Workbook]) -> None:
    # After 14 months and a free column: five quarters, two years, all months.
    lengths = [(at, min(at + 3, MONTHS)) for at in range(0, MONTHS, 3)] + [(0, 12), (12, 14), (0, 14)]
    for strategy in NAMES:
        sheet = anew["run"][f"P&L {strategy}"]
        for line, found in zip(LINES, result.profit_and_loss[strategy].whole, strict=True):
            row = row_of(sheet, label_of(line))
            assert abs(sheet.cell(row, 3).value - found[WARMUP:].sum()) < CENT
            for place, (first, last) in enumerate(lengths):
                total = sheet.cell(row, FIRST_MONTH + MONTHS + 1 + place).value
                assert abs(total - found[first:last].sum()) < CENT, (strategy, line, first)


@needs_libreoffice
def test_every_formula_recalculates_to_the_value_it_was_written_with(
    book: Workbook, values: Workbook, unknown_written: bytes, anew: dict[str, Workbook]
) -> None:
    unknown = (opened(unknown_written), opened(unknown_written, values=True))
    for name, (before, values_before) in {"run": (book, values), "unknown": unknown}.items():
        count = 0
        for sheet, cell, formula in formulas(before):
            count += 1
            was, now = values_before[sheet][cell].value, anew[name][sheet][cell].value
            is_near = now == was or (not isinstance(was, str) and abs(now - was) < CENT)
            assert is_near, (name, sheet, cell, formula, was, now)
        assert count > 2000


@needs_libreoffice
def test_all_checks_agree(anew: dict[str, Workbook]) -> None:
    for name in ("run", "unknown"):
        checks = anew[name]["Checks"]
        assert checks["B5"].value == 1  # TRUE, which LibreOffice writes so
        agrees = [row[6].value for row in checks.iter_rows(min_row=9)]
        assert len(agrees) > 3 * len(LINES)
        assert set(agrees) == {1}
        assert anew[name]["Summary"].cell(AGREE + 1, 2).value == f"All {len(agrees)} checks agree"


@needs_libreoffice
def test_ratios_recalculate_to_the_unit_economics(result: Result, anew: dict[str, Workbook]) -> None:
    sheet = anew["run"]["Unit economics"]
    for strategy in NAMES:
        row = row_of(sheet, strategy) + 1
        found = economics_of(result, strategy)
        for at in range(0, len(found), len(FIGURES)):
            for each in found[at : at + len(FIGURES)]:
                value = sheet.cell(row, COLUMN[each.figure] + 1).value
                if math.isnan(each.value):
                    assert value == "–", (strategy, each)
                else:
                    assert value == pytest.approx(each.value, rel=1e-9, abs=1e-9), (strategy, each)
            row += 2


@needs_libreoffice
def test_a_changed_price_gives_what_a_run_at_that_price_gives(
    result: Result, repriced: Result, anew: dict[str, Workbook]
) -> None:
    followed = [each for each in Category if each != Category.CAPITAL]  # stays: it is on maxima
    for strategy in NAMES:
        now = repriced.profit_and_loss[strategy].whole
        before = result.profit_and_loss[strategy].whole
        lines = lines_of(anew["changed"], strategy)
        for line in followed:
            np.testing.assert_allclose(lines[line], now[LINES.index(line)], atol=CENT)
        np.testing.assert_allclose(lines[Category.CAPITAL], before[LINES.index(Category.CAPITAL)], atol=CENT)
    checks = anew["changed"]["Checks"]
    assert checks["B5"].value == 0
    assert anew["changed"]["Summary"].cell(AGREE + 1, 2).value.startswith("Changed inputs")


def test_the_scenario_has_every_kind_of_cost(result: Result) -> None:
    both = result.profit_and_loss["both"].whole
    assert [each for each in Category if not both[LINES.index(each)].any()] == []


def test_a_plan_with_accelerators_is_as_paid_and_one_in_proportion_a_formula(book: Workbook) -> None:
    sheet = book["P&L both"]
    row = row_of(sheet, "Variable pay")
    told = {sheet.cell(at, 1).value: sheet.cell(at, 2).value for at in (row + 1, row + 2)}
    assert told["inside"].startswith("as paid")
    assert told["outside"] == "credited × on-target pay / quota"


def test_an_unknown_price_is_as_paid_and_stands_in_grey_italics(unknown_written: bytes) -> None:
    book = opened(unknown_written)
    sheet = book["P&L both"]
    row = row_of(sheet, "Salary")
    assert [sheet.cell(row + at, 2).value for at in (1, 2)] == ["as paid", "reps × salary / 12"]
    inputs = book["Inputs"]
    cells = [inputs.cell(row_below(inputs, team, "Salary a year"), 5) for team in ("inside", "outside")]
    assert [cell.font.italic for cell in cells] == [True, False]
    assert [cell.font.color.rgb for cell in cells] == ["FF6B7680", "FF0000FF"]
    assert 50000 < cells[0].value < 70000


def test_blue_are_the_inputs_that_formulas_read_and_no_others(book: Workbook, unknown_written: bytes) -> None:
    for each in (book, opened(unknown_written)):
        for sheet, first_column in (("Inputs", 3), ("Inputs by month", FIRST_MONTH)):
            read = {cell for _, _, formula in formulas(each) for cell in references(formula, sheet)}
            assert read
            for row in each[sheet].iter_rows(min_row=7, min_col=first_column):
                for cell in row:
                    if isinstance(cell.value, int | float):
                        is_blue = cell.font.color.rgb == "FF0000FF"
                        assert is_blue == (cell.coordinate in read), (sheet, cell.coordinate)


def references(formula: str, sheet: str) -> Iterator[str]:
    """Cells of a sheet that a formula reads."""
    for column, row in re.findall(rf"'{sheet}'!\$([A-Z]+)\$(\d+)", formula):
        yield f"{column}{row}"


def test_the_parts_of_every_cut_add_up_beside_the_company(values: Workbook) -> None:
    for cut in ("team", "segment", "source", "channel", "motion"):
        sheet = values[f"By {cut}"]
        for strategy in NAMES:
            head = row_of(sheet, strategy)
            last = max(cell.column for cell in sheet[head] if cell.value is not None)
            assert [sheet.cell(head, last - back).value for back in (2, 1, 0)] == [
                "Sum of parts", "Company", "Difference",
            ]  # fmt: skip
            for row in range(head + 1, head + 1 + len(LINES)):
                parts = sum(sheet.cell(row, column).value for column in range(2, last - 2))
                assert parts == pytest.approx(sheet.cell(row, last - 1).value, abs=1e-6)


def test_months_have_charts_that_read_the_cells(book: Workbook) -> None:
    charts = book["Monthly"]._charts
    assert len(charts) == 2 + len(NAMES)
    for chart in charts[:2]:
        assert [each.val.numRef.f.split("!")[0] for each in chart.series] == ["Monthly"] * len(NAMES)


def test_curves_have_a_sheet_with_a_chart_of_their_own() -> None:
    out = io.BytesIO()
    made = Book(out, "Curves", "CHF", dt.date(2027, 1, 4))
    series = {"=phone": [3000.0, 2500.0, math.nan], "field": [9000.0, 4000.0, 3000.0]}
    curve_sheet(
        made, "Cost per deal", "Cost per deal by volume", ("Leads a month", [10, 20, 40]), series, Unit.MONEY
    )
    made.close()
    sheet = opened(out.getvalue())["Cost per deal"]
    head = row_of(sheet, "Leads a month")
    figures = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head, max_row=head + 3, max_col=3)]
    assert figures == [["Leads a month", "=phone", "field"], [10, 3000, 9000], [20, 2500, 4000], [40, "–", 3000]]
    assert not list(formulas(opened(out.getvalue())))
    (chart,) = sheet._charts
    last = head + 3
    assert [each.yVal.numRef.f for each in chart.series] == [
        f"'Cost per deal'!${column}${head + 1}:${column}${last}" for column in "BC"
    ]
    assert "CHF" in sheet.cell(head + 1, 2).number_format


def test_text_of_users_is_never_a_formula() -> None:
    tree = small_world(name=HOSTILE)
    tree["teams"]["inside"]["pay"]["tool_seats_per_month"] = {"=1+1": 10.0, "@x": 5.0}
    tree["description"] = "+1\x07\ufffe"
    result = run_study(load(tree), replications=2)
    book = opened(workbook_of(result))
    assert book["Summary"]["A1"].value == HOSTILE
    assert book["Summary"]["A1"].data_type == "s"
    assert not [each for each in formulas(book) if "HYPERLINK" in each[2] or "1+1" in each[2]]
    told = [row[0].value for row in book["Assumptions"].iter_rows(max_col=1)]
    assert "teams.inside.pay.tool_seats_per_month.=1+1" in told


def test_sheets_have_names_that_spreadsheets_allow_and_each_its_own() -> None:
    odd = ["a" * 60, "a" * 61, "A" * 60, "x/y:[z]*?\\", "it's'", "'"]
    names = sheet_names("P&L ", odd)
    assert all(0 < len(name) <= LONGEST_NAME for name in names)
    assert len({name.lower() for name in names}) == len(odd)
    assert names[1] == f"P&L {'a' * 25} 2"
    assert names[3] == "P&L x_y__z____"
    assert not any(set(name) & set("[]:*?/\\") or name.endswith("'") for name in names)


def test_long_names_that_begin_alike_have_a_sheet_each() -> None:
    names = [f"{'with_very_many_people_on_the_phone'}_{n}" for n in range(2)]
    strategies = {name: {"routing": [{"motion": "phone"}]} for name in names}
    book = opened(workbook_of(run_study(load(small_world(strategies=strategies)), replications=2)))
    profits = [name for name in book.sheetnames if name.startswith("P&L")]
    assert profits == ["P&L with_very_many_people_on_th", "P&L with_very_many_people_on_ 2"]
    assert [book[name]["A1"].value for name in profits] == [f"Profit and loss: {name}" for name in names]


def test_one_strategy_alone_and_one_replication() -> None:
    result = run_study(load(small_world(), only=["both"]), replications=1)
    values = opened(workbook_of(result), values=True)
    told = [cell.value for row in values["Summary"].iter_rows() for cell in row]
    assert "One replication, which does not show what is chance." in told
    assert not [text for text in told if str(text).startswith("Difference")]
    assert values["Checks"]["B5"].value is True
    assert "Inputs by month" not in values.sheetnames


def test_a_partial_run_says_so_and_has_the_means_of_what_finished() -> None:
    result = run_study(load(small_world()), replications=12)
    rows = {name: list(each) for name, each in result.rows.items()}
    values = {name: each.copy() for name, each in result.values.items()}
    rows["both"][5], values["both"][5] = None, np.nan
    failed = replace(result, rows=rows, values=values, failures=(Failure("both", 5, 1, "=out of luck"),))
    book = opened(workbook_of(failed), values=True)
    told = [cell.value for row in book["Summary"].iter_rows() for cell in row]
    assert "PARTIAL: 1 of 36 replications failed." in told
    found = failed.profit_and_loss["both"].whole[LINES.index("contribution")]
    sheet = book["P&L both"]
    assert sheet.cell(row_of(sheet, "Contribution"), FIRST_MONTH).value == pytest.approx(found[0])
    assert book["Checks"]["B5"].value is True


def test_nothing_finished_is_a_workbook_all_the_same() -> None:
    result = run_study(load(small_world()), replications=2)
    nothing = replace(
        result,
        values={name: np.full_like(each, np.nan) for name, each in result.values.items()},
        monthly={name: {} for name in NAMES},
        rows={name: [None, None] for name in NAMES},
        failures=tuple(Failure(name, at, 1, "no") for name in NAMES for at in range(2)),
    )
    book = opened(workbook_of(nothing))
    assert book.sheetnames == ["Summary", "Assumptions", "Manifest"]
    told = " ".join(str(cell.value) for row in book["Summary"].iter_rows() for cell in row)
    assert "Without any, and so without sheets: phone, field, both." in told


def test_the_same_run_gives_the_same_bytes(result: Result, written: bytes) -> None:
    assert workbook_of(replace(result, wall_seconds=result.wall_seconds + 1)) == written


def test_what_went_in_stands_there_and_what_differs_has_a_column_each(book: Workbook) -> None:
    sheet = book["Assumptions"]
    assert sheet.cell(row_of(sheet, "teams.inside.pay.salary"), 2).value == 61234.56
    row = row_of(sheet, "routing")
    assert sheet.cell(row, 2).value is None
    assert sheet.cell(row, 3).value == "everything -> phone"
    manifest = book["Manifest"]
    assert manifest.cell(row_of(manifest, "Seed"), 2).value == "1"
    assert not [row for row in manifest.iter_rows(values_only=True) if row[0] == "Finished"]


def test_the_option_writes_it_beside_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Path("small.yaml").open("w") as out:
        YAML().dump(small_world(), out)
    arguments = ["run", "small.yaml", "-n", "2", "--workers", "1", "--quiet"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert not list(tmp_path.rglob("*.xlsx"))
    done = CliRunner().invoke(main, [*arguments, "--excel"])
    assert done.exit_code == 0
    (path,) = tmp_path.rglob("*.xlsx")
    assert path.name == "costs.xlsx"
    assert (path.parent / "report.html").is_file()
    assert f"Workbook: {path.relative_to(tmp_path)}" in done.stdout


def test_a_run_appears_whole_with_its_workbook_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("channelsim.report.workbook.workbook.run_workbook", full)
    result = run_study(load(small_world(), only=["both"]), replications=1)
    with pytest.raises(RunError, match="nothing was written: No space left"):
        write_run(result, tmp_path, excel=True)
    assert list(tmp_path.iterdir()) == []
