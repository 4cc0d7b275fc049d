"""Where the shipped scenarios are."""

from __future__ import annotations

from pathlib import Path

import channelsim


def template_folder() -> Path:
    """The folder of shipped scenarios: in the installed package, or beside it in a checkout."""
    package = Path(channelsim.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "scenarios"
