"""A file written for the user, in a folder that is made if need be, or a line that says why not."""

from __future__ import annotations

import os
from pathlib import Path

from channelsim.errors import RunError


def write_file(path: Path, content: bytes, *, replace: bool, example: str) -> None:
    """Write a file that the user named. One that exists is left as it is unless it may be replaced.

    example: a name to suggest to who names a folder.
    """
    try:
        if path.is_dir():
            raise RunError(f"{path} is a folder; name a file in it, such as {path / example}")
        folder = next(each for each in path.parents if each.exists())
        if not folder.is_dir():
            raise RunError(f"{path}: {folder} is a file, not a folder; name a file in another folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        if replace and path.exists():
            _written_over(path, content)
            return
        with path.open("xb") as out:
            out.write(content)
    except FileExistsError as error:
        raise RunError(f"{path} exists already and was left as it is; name another file") from error
    except PermissionError as error:
        raise RunError(f"{path}: no permission to write there; name a file in another folder") from error


def _written_over(path: Path, content: bytes) -> None:
    """The new content or the old, never a part: written beside, then renamed."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
