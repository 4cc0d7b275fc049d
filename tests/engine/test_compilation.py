"""The kernel is compiled once, as little as possible, and kept where that can be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.codegen import JITCodeLibrary

from channelsim.engine import jit
from channelsim.engine.fast import kernel
from channelsim.verification.measured import program_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHANNELSIM_CACHE_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept"


def doubled_sum(values: Any) -> float:
    total = 0.0
    for value in values:
        total += twice(value)
    return total


@jit.inner
def twice(x: float) -> float:
    return 2 * once(x)


@jit.inner
def once(x: float) -> float:
    return x


def test_only_the_entry_becomes_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    finalize = JITCodeLibrary._finalize_specific

    def counted(library: JITCodeLibrary) -> None:
        made.append(library.name)
        finalize(library)

    monkeypatch.setattr(JITCodeLibrary, "_finalize_specific", counted)
    entry = jit.entry_point(doubled_sum, keep=False)
    assert entry((1.0, 2.5)) == 7.0
    assert [name for name in made if "once" in name or "twice" in name] == []
    assert any("doubled_sum" in name for name in made)


@pytest.mark.usefixtures("folder")
def test_what_was_compiled_is_kept_and_known_to_be() -> None:
    assert not jit.is_kept(doubled_sum)
    entry = jit.entry_point(doubled_sum)
    entry.compile((numba.types.UniTuple(numba.float64, 2),))
    assert jit.is_kept(doubled_sum)
    assert not jit.is_kept(twice.py_func)
    again = jit.entry_point(doubled_sum)
    again((1.0, 2.5))
    assert sum(again.stats.cache_hits.values()) == 1


@pytest.mark.usefixtures("folder")
def test_another_compiler_setting_or_source_is_kept_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual = jit.folder_of_this_version()
    assert jit.folder_of_this_version() == usual
    with monkeypatch.context() as changed:
        changed.setattr(numba.config, "BOUNDSCHECK", 1)
        assert jit.folder_of_this_version() != usual
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "draws.py").write_text("")
    monkeypatch.setattr(jit, "PACKAGE", tmp_path)
    assert jit.folder_of_this_version() != usual


def test_where_nothing_can_be_kept_the_engine_serves_this_process(folder: Path) -> None:
    folder.write_text("a file stands where the folder should be")
    entry = jit.entry_point(doubled_sum)
    assert entry((1.0, 2.5)) == 7.0
    assert folder.read_text().startswith("a file")


class Compiled:
    """An entry point that has been compiled, or fails to be."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.overloads: dict[Any, Compiled] = {}
        self.entry_point = self

    def compile(self, signature: Any) -> None:
        if self.error is not None:
            raise self.error
        self.overloads[signature] = self


@pytest.mark.usefixtures("folder")
def test_the_user_is_told_once_and_a_full_disk_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    unkept = Compiled()
    monkeypatch.setattr(kernel, "_code", None)
    monkeypatch.setattr(kernel, "_entry", Compiled(OSError(28, "No space left on device")))
    monkeypatch.setattr(kernel, "entry_point", lambda _run, keep: unkept if not keep else pytest.fail("kept again"))
    told: list[str] = []
    program = program_of("mm1")
    kernel.prepare(program, told.append)
    kernel.prepare(program, told.append)
    assert told == [kernel.COMPILING]
    assert len(unkept.overloads) == 1
    assert kernel._code is unkept


def test_a_program_of_other_types_is_refused_rather_than_misread() -> None:
    program = program_of("mm1")
    kernel.prepare(program)
    wrong = program._replace(step_count=program.step_count.astype(np.int32))
    with pytest.raises(TypeError, match="other types"):
        kernel.simulate(wrong, 1, 0)
