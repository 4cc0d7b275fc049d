"""A file written for the user, in a folder that is made if need be, or a line that says why not."""

from __future__ import annotations

from pathlib import Path

from channelsim.errors import RunError
from channelsim.experiment.store import write_whole


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
        _write(path, content, replace=replace)
    except FileExistsError as error:
        raise RunError(f"{path} exists already and was left as it is; name another file") from error
    except PermissionError as error:
        raise RunError(f"{path}: no permission to write there; name a file in another folder") from error


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    """The whole content, or what was there before."""
    if replace and path.is_file():
        write_whole(path.resolve(), content)
        return
    if replace and path.exists():  # a pipe or a device, such as /dev/stdout
        path.write_bytes(content)
        return
    out = path.open("xb")
    try:
        with out:
            out.write(content)
    except OSError:
        path.unlink()
        raise
