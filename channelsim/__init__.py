"""channelsim: simulate a sales organisation lead by lead, and compare ways to sell.

>>> import channelsim as cs
>>> run = cs.run("scenarios/quickstart.yaml", replications=50)  # doctest: +SKIP
>>> run.verdict.sentence  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from channelsim import version

if TYPE_CHECKING:
    from channelsim.api import (
        Calibration,
        CurveRun,
        Run,
        SensitivityRun,
        curves,
        from_export,
        run,
        sensitivity,
    )

__version__ = version.VERSION

__all__ = [
    "Calibration",
    "CurveRun",
    "Run",
    "SensitivityRun",
    "__version__",
    "curves",
    "from_export",
    "run",
    "sensitivity",
]


def __getattr__(name: str) -> Any:
    """Load the interface on first use, so that importing the package, as `--help` does, costs nothing."""
    if name in __all__:
        from channelsim import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
