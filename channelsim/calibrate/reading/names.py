"""Names fit for a scenario, made of what an export has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_NAME = 40


def slug(label: str) -> str:
    """A label in small letters, digits and _, without accents; begins with a letter, or is empty.

    >>> slug("Géant & Söhne"), slug("42"), slug("日本")
    ('geant_sohne', '', '')
    """
    text = label.replace("ß", "ss").replace("+", " plus ")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:MAX_NAME].rstrip("_")
    return text if text[:1].isalpha() else ""


def names_for(labels: Iterable[str], prefix: str) -> dict[str, str]:
    """A name for each label, no two alike. prefix: of names of labels that begin with no letter.

    >>> names_for(["1", "2", "Key account", "key-account"], "size")
    {'1': 'size_1', '2': 'size_2', 'Key account': 'key_account', 'key-account': 'key_account_2'}
    """
    names: dict[str, str] = {}
    for label in labels:
        wanted = slug(label) or slug(f"{prefix}_{label}") or prefix
        name, number = wanted, 1
        while name in names.values():
            number += 1
            name = f"{wanted}_{number}"
        names[label] = name
    return names
