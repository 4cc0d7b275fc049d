"""`channelsim reprice` as sales ops and finance use it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from channelsim.cli.main import main

TRAVEL = "teams.outside.pay.travel_per_visit=900"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    arguments = ["run", "scenarios/quickstart.yaml", "-n", "20", "--quiet", "-o", str(folder)]
    with pytest.raises(SystemExit) as stopped:
        main.main(arguments)
    assert stopped.value.code == 0
    [found] = folder.iterdir()
    return found


def test_new_prices_are_shown_beside_the_old_ones_and_nothing_is_written(run_dir: Path) -> None:
    before = sorted(run_dir.iterdir())
    found = CliRunner().invoke(main, ["reprice", str(run_dir), "--set", TRAVEL])
    assert found.exit_code == 0
    assert "inside_only stays as it was" in found.output
    assert "as it was  at new prices" in found.output
    assert "hybrid is best" in " ".join(found.output.split()) or "No strategy is clearly best" in found.output
    assert sorted(run_dir.iterdir()) == before


def test_tables_at_new_prices_are_those_of_a_new_run(run_dir: Path, tmp_path: Path) -> None:
    found = CliRunner().invoke(main, ["reprice", str(run_dir), "--set", TRAVEL, "--write"])
    [folder] = run_dir.glob("repriced-*")
    assert str(folder) in found.output
    arguments = ["run", "scenarios/quickstart.yaml", "-n", "20", "--set", TRAVEL, "--quiet", "-o", str(tmp_path)]
    CliRunner().invoke(main, arguments)
    [again] = tmp_path.iterdir()
    # Its hash is the same, too, for it is the same question.
    assert folder.name.removeprefix("repriced-") == again.name.rpartition("-")[2]
    for name in ("summary.csv", "pnl.csv", "unit_economics.csv", "cohorts.csv", "risk.csv"):
        rows, other = (list(csv.reader((each / name).read_text().splitlines())) for each in (folder, again))
        assert len(rows) == len(other) > 1
        for a, b in zip(rows, other, strict=True):
            assert [
                cell if not _is_number(cell) else pytest.approx(float(cell), rel=1e-6, abs=1e-6) for cell in a
            ] == [cell if not _is_number(cell) else float(cell) for cell in b]


def test_json_is_one_object(run_dir: Path) -> None:
    found = CliRunner().invoke(main, ["reprice", str(run_dir), "--set", TRAVEL, "--json"])
    told = json.loads(found.output)
    assert told["strategies"]["outside_only"]["cost.travel"]["mean"] > 150_000


def test_what_is_wrong_is_told_in_a_line_with_status_2(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        ([], "nothing to reprice; name a price with --set"),
        (["--set", "teams.outside.headcount=2"], "changes what leads, buyers or reps do under inside_only"),
        (["--set", "teams.outside.pay.salry=2"], "did you mean 'salary'?"),
        (["--set", "teams.outside.pay.salary"], "no '=' in it"),
    ):
        with pytest.raises(SystemExit) as stopped:
            main.main(["reprice", str(run_dir), *arguments])
        assert stopped.value.code == 2
        assert words in capsys.readouterr().err


def test_a_folder_that_is_no_run_is_told_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main.main(["reprice", str(tmp_path), "--set", TRAVEL])
    assert stopped.value.code == 1
    assert "no manifest.json in it; name the folder of a run" in capsys.readouterr().err


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
