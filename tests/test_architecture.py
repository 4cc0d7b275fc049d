"""The layers: imports run downwards only, and the engines know nothing of names or money."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import channelsim

PACKAGE = Path(channelsim.__file__).parent
LAYERS = (
    ("version", "errors"),
    ("scenario",),
    ("program",),
    ("rules",),
    ("engine",),
    ("finance",),
    ("analysis",),
    ("verification",),
    ("experiment",),
    ("calibrate",),
    ("report",),
    ("api", "cli"),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
ENGINE_MAY_USE = {"engine", "program", "rules"}
PROGRAM_ARRAYS = ("arrays", "codes")


def imports(path: Path) -> set[str]:
    """Dotted names of ours that a file imports, at the top, inside functions and for type checking alike."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "channelsim"}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    own = layer_of(path)
    for name in imports(path):
        parts = name.split(".")
        if len(parts) > 1 and parts[1] in RANK:
            assert RANK[parts[1]] <= RANK[own], f"{own} imports {name}, which stands above it"


@pytest.mark.parametrize("path", sorted((PACKAGE / "engine").rglob("*.py")), ids=lambda path: path.name)
def test_engines_see_arrays_and_rules_and_nothing_else_of_ours(path: Path) -> None:
    for name in imports(path):
        parts = name.split(".")
        assert parts[1] in ENGINE_MAY_USE
        if parts[1] == "program":
            assert parts[2] in PROGRAM_ARRAYS, f"an engine imports {name}: names and people's words are not for it"


@pytest.mark.parametrize("module", PROGRAM_ARRAYS)
def test_the_programs_arrays_import_nothing_of_ours(module: str) -> None:
    assert not set(imports(PACKAGE / "program" / f"{module}.py"))


def test_every_shipped_scenario_is_a_template_of_the_installed_package() -> None:
    wheel = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    shipped = {f"scenarios/{path.name}" for path in (PACKAGE.parent / "scenarios").glob("*.yaml")}
    assert set(wheel["force-include"]) == {*shipped, "scenarios/theory"}
