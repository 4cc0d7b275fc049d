"""How the kernel is compiled, and where what was compiled is kept.

The functions of the kernel are small and read like the reference engine's; all of them are compiled into one, the
kernel's entry. Only that one is called from Python, so only that one is kept, in a folder that is named by
everything that it depends on.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import numba
from numba import njit
from numba.extending import register_jitable
from platformdirs import user_cache_path

from channelsim.engine.inner_compiler import InnerCompiler

PACKAGE = Path(__file__).parents[1]
CONFIG: Any = numba.config
CACHE_VARIABLE = "CHANNELSIM_CACHE_DIR"
"""Names a folder in which to keep machine code, in place of the user's."""
SOURCES = ("engine", "program", "rules")
"""What the machine code is made from, below the package."""
OPTIONS: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": InnerCompiler}
"""Functions of the kernel are called from nowhere else."""

F = TypeVar("F", bound=Callable[..., Any])


def inner(function: F) -> F:
    """A function of the kernel that other functions of the kernel call."""
    compiled: F = njit(**OPTIONS)(function)
    return compiled


def let_into_the_kernel(*modules: ModuleType) -> None:
    """Make the plain functions of some modules callable from the kernel."""
    for module in modules:
        for function in vars(module).values():
            if callable(function) and getattr(function, "__module__", None) == module.__name__:
                register_jitable(**OPTIONS)(function)


def entry_point(function: Callable[..., Any], *, keep: bool = True) -> Any:
    """A function for Python to call, without the interpreter's lock; `keep`: kept on disk, where possible."""
    if keep:
        with suppress(OSError, RuntimeError), _cache_folder(folder_of_this_version()):
            return njit(nogil=True, cache=True)(function)
    return njit(nogil=True)(function)


def is_kept(function: Callable[..., Any]) -> bool:
    """Whether this very version of an entry point has been compiled on this machine before."""
    module = function.__module__.rpartition(".")[2]
    return any(folder_of_this_version().rglob(f"{module}.{function.__qualname__}-*.nbi"))


def folder_of_this_version() -> Path:
    """Where its machine code is kept: another source, compiler or processor has another folder."""
    digest = hashlib.sha256()
    compiler = (numba.__version__, CONFIG.BOUNDSCHECK, CONFIG.CPU_NAME, CONFIG.CPU_FEATURES)
    for part in (platform.python_version(), platform.machine(), _processor(), *compiler):
        digest.update(f"{part}\n".encode())
    for source in sorted(path for folder in SOURCES for path in (PACKAGE / folder).rglob("*.py")):
        digest.update(source.read_bytes())
        digest.update(str(source.stat().st_mtime_ns).encode())  # by which the compiler recognises a source
    root = os.environ.get(CACHE_VARIABLE)
    return (Path(root) if root else user_cache_path("channelsim")) / "engine" / digest.hexdigest()[:16]


def _processor() -> str:
    from llvmlite import binding

    return f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"


class _cache_folder:  # noqa: N801 - used as a function
    """The compiler keeps what is defined meanwhile in a folder of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.before = CONFIG.CACHE_DIR
        CONFIG.CACHE_DIR = str(self.folder)

    def __exit__(self, *error: object) -> None:
        CONFIG.CACHE_DIR = self.before
