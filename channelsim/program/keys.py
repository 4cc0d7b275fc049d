"""Keys of named things: a hash of the name alone, so that adding one thing never changes another's draws."""

from __future__ import annotations

import hashlib
from functools import lru_cache


@lru_cache(maxsize=65536)
def key64(*parts: str) -> int:
    """64 bits for a name of one or more parts, as the signed integer that an int64 array holds."""
    digest = hashlib.blake2b("/".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


@lru_cache(maxsize=65536)
def key32(*parts: str) -> int:
    """32 bits for a name of one or more parts."""
    digest = hashlib.blake2b("/".join(parts).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")
