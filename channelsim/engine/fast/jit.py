"""How the kernel's functions are compiled."""

from __future__ import annotations

from numba import njit

OPTIONS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
inner = njit(**OPTIONS)
