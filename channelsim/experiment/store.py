"""Where a sweep keeps what is finished: Parquet parts that appear whole or not at all, and a journal of what is
not yet enough for a part.

A part's name ends with the hash of its bytes, so that one that is torn or changed is known. A journal's entry has
a checksum, so that what a killed process half wrote is left out. Points are known by their content, so that
another plan over the same scenario goes on from what is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError

if TYPE_CHECKING:
    import polars as pl  # slow to import

FloatArray = NDArray[np.float64]
STORE_FORMAT = 1
MANIFEST, PARTS, JOURNAL, LOCK, BROKEN = "sweep.json", "parts", "journal", ".lock", ".broken"
HASH_BYTES = 16
HEADER = struct.Struct("<4sIII")
MAGIC = b"csj1"


@dataclass(frozen=True, order=True)
class Key:
    """Replications `start` to before `stop` of a strategy at a point, the point by its content."""

    point: str
    start: int
    stop: int


@dataclass(frozen=True)
class Finished:
    """The figures of a key, (replication, figure)."""

    key: Key
    figures: FloatArray


class Store:
    """A sweep's folder, held by one process at a time."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        """Open or make a folder. told: what all its points have in common; what is there must be of the same.

        Raises RunError if another process has it, it is of another sweep, or nothing can be written.
        """
        self.folder = folder
        try:
            for each in (folder, folder / PARTS, folder / JOURNAL):
                each.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
        except OSError as error:
            raise RunError(f"{folder}: {error.strerror or error}") from error
        try:
            self._check(dict(told) | {"store": STORE_FORMAT})
            for half_written in (folder / PARTS).glob(".*"):
                half_written.unlink()
        except OSError as error:
            self._lock.close()
            raise RunError(f"{folder}: {error.strerror or error}") from error
        except RunError:
            self._lock.close()
            raise
        self.broken: list[str] = []
        """Parts that were not as they had been written; put aside, to be computed again."""
        self._open_journals: dict[str, IO[bytes]] = {}

    def close(self) -> None:
        """Let go of the folder."""
        for journal in self._open_journals.values():
            journal.close()
        self._open_journals = {}
        self._lock.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _check(self, told: dict[str, Any]) -> None:
        path = self.folder / MANIFEST
        if not path.exists():
            write_whole(path, (json.dumps(told, indent=2) + "\n").encode())
            return
        try:
            there = json.loads(path.read_text())
        except ValueError as error:
            raise RunError(f"{path}: cannot be read; choose another folder with --output") from error
        for name, value in told.items():
            if there.get(name) != value:
                raise RunError(
                    f"{self.folder}: holds a sweep of another {WORDS.get(name, name)}; choose another folder with "
                    "--output"
                )

    # parts

    def parts(self) -> list[Path]:
        """The parts that are as they were written; the others are put aside under another name."""
        whole = []
        for path in sorted((self.folder / PARTS).glob("*.parquet")):
            if path.stem.rpartition("-")[2] == _hash_of(path.read_bytes()):
                whole.append(path)
            else:
                path.rename(path.with_suffix(BROKEN))
                self.broken.append(path.name)
        return whole

    def covered(self) -> dict[str, list[tuple[int, int]]]:
        """Which replications of each point are in parts: content -> ranges, from and to before, apart and
        rising."""
        import polars as pl

        found: dict[str, list[tuple[int, int]]] = {}
        for path in self.parts():
            keys = pl.read_parquet(path, columns=["point", "replication"]).sort("point", "replication")
            names = keys["point"].to_numpy()
            numbers = keys["replication"].to_numpy()
            breaks = np.flatnonzero((names[1:] != names[:-1]) | (numbers[1:] != numbers[:-1] + 1)) + 1
            for first, last in zip([0, *breaks], [*breaks, len(names)], strict=True):
                if last > first:
                    found.setdefault(str(names[first]), []).append(
                        (int(numbers[first]), int(numbers[last - 1]) + 1)
                    )
        return {point: _joined(ranges) for point, ranges in found.items()}

    def publish(self, block: str, table: pl.DataFrame) -> None:
        """Write a part, and let go of its block's journal."""
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        write_whole(self.folder / PARTS / f"{block}-{_hash_of(content)}.parquet", content)
        self.forget(block)

    # journals

    def note(self, block: str, finished: Finished) -> None:
        """Keep what is finished until its block is; it is kept for sure after `flush`."""
        journal = self._open_journals.get(block)
        if journal is None:
            journal = self._open_journals[block] = (self.folder / JOURNAL / block).open("ab")
        key = json.dumps([finished.key.point, finished.key.start, finished.key.stop]).encode()
        body = finished.figures.astype("<f8").tobytes()
        journal.write(HEADER.pack(MAGIC, len(key), len(body), zlib.crc32(body, zlib.crc32(key))) + key + body)

    def flush(self) -> None:
        """Hand what was noted to the system: a death of this process costs nothing of it."""
        for journal in self._open_journals.values():
            journal.flush()

    def noted(self, figures: int) -> Iterator[tuple[str, Finished]]:
        """All that the journals hold, with the journal's block; figures: how many each replication has."""
        for path in sorted((self.folder / JOURNAL).iterdir()):
            content = path.read_bytes()
            at = 0
            while at + HEADER.size <= len(content):
                magic, key_length, length, checksum = HEADER.unpack_from(content, at)
                key = content[at + HEADER.size : at + HEADER.size + key_length]
                body = content[at + HEADER.size + key_length : at + HEADER.size + key_length + length]
                if magic != MAGIC or len(body) < length or zlib.crc32(body, zlib.crc32(key)) != checksum:
                    break  # half written as a process died: what follows cannot be trusted either
                point, start, stop = json.loads(key)
                values = np.frombuffer(body, "<f8").reshape(-1, figures).astype(float)
                yield path.name, Finished(Key(point, start, stop), values)
                at += HEADER.size + key_length + length
            if at < len(content):
                with path.open("r+b") as journal:
                    journal.truncate(at)

    def forget(self, block: str) -> None:
        """A block's journal is not needed any more."""
        journal = self._open_journals.pop(block, None)
        if journal is not None:
            journal.close()
        (self.folder / JOURNAL / block).unlink(missing_ok=True)

    def journals(self) -> list[str]:
        """The blocks that have journals."""
        return sorted(path.name for path in (self.folder / JOURNAL).iterdir())


WORDS = {
    "content": "scenario, seed or --set",
    "parameters": "set of parameters",
    "version": "version of channelsim",
    "store": "version of channelsim",
}


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def missing(covered: Sequence[tuple[int, int]], stop: int, chunk: int) -> list[tuple[int, int]]:
    """The ranges of 0 to before `stop` that are not covered, none of them across a multiple of `chunk`.

    >>> missing([(0, 40)], 120, 50)
    [(40, 50), (50, 100), (100, 120)]
    """
    found = []
    at = 0
    for start, end in [*covered, (stop, stop)]:
        while at < min(start, stop):
            until = min(start, stop, (at // chunk + 1) * chunk)
            found.append((at, until))
            at = until
        at = max(at, end)
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _hash_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()


def _locked(folder: Path) -> IO[str]:
    """The folder's lock, held until the file is closed or the process ends. Raises RunError if another has it."""
    lock = (folder / LOCK).open("a+")
    try:
        import fcntl
    except ImportError:  # Windows: a file that is open there cannot be opened for locking twice
        import msvcrt

        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            lock.close()
            raise _taken(folder) from None
        return lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise _taken(folder) from None
    return lock


def _taken(folder: Path) -> RunError:
    return RunError(
        f"{folder}: another sweep is at work in this folder; wait for it, or choose another with --output"
    )
