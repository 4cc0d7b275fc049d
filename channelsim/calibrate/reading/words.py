"""What words in an export mean: won or lost, yes or no, by phone or in the field."""

from __future__ import annotations

import re
from collections.abc import Iterable

from channelsim.calibrate.records import LOST, OPEN, WON, Channel

YES_WORDS = frozenset({"1", "true", "yes", "y", "t", "x", "ja", "wahr", "oui", "vrai", "si", "sí", "verdadero"})
NO_WORDS = frozenset({"0", "false", "no", "n", "f", "nein", "falsch", "non", "faux", "falso"})

WON_WORDS = re.compile(
    r"\b(won|closed ?won|win|sold|gewonnene?|gagn[eé]e?s?|conclue?|ganad[ao]s?|signed|accepted|beauftragt)\b",
    re.IGNORECASE,
)
LOST_WORDS = re.compile(
    r"\b(lost|loss|closed ?lost|lose|abandon(n?ed|n[eé]e?)|disqualified|unqualified|dead|cancel?led|no decision|"
    r"rejected|verloren|verlorene|abgesagt|storniert|perdue?s?|annul[eé]e?|perdid[ao]s?|cancelad[ao]s?)\b",
    re.IGNORECASE,
)
OUTSIDE_WORDS = re.compile(
    r"\b(fields?|outside|on[ -]?site|face[ -]to[ -]face|visits?|travel\w*|au(ß|ss)endienst|terrain|itin[eé]rante|"
    r"campo|externo)\b",
    re.IGNORECASE,
)
INSIDE_WORDS = re.compile(
    r"\b(tele\w*|phones?|inside|inbound|online|web|call(s|ing)?|call cent(er|re)|remote|digital|e-?commerce|"
    r"innendienst|s[eé]dentaires?|t[eé]l[eé]\w*|interno|tel[eé]fono)\b",
    re.IGNORECASE,
)
BOTH_WORDS = re.compile(r"\b(hybrid\w*|hybrides?|h[ií]brid[ao]|blended|mixed)\b", re.IGNORECASE)


def is_yes_or_no(values: Iterable[str]) -> bool:
    """Whether all values, of which there are some, say yes or no."""
    words = {value.strip().lower() for value in values}
    return bool(words) and words <= YES_WORDS | NO_WORDS


def ending_of(value: str) -> str | None:
    """WON or LOST where a result or stage says so, OPEN where it says that, else None.

    >>> ending_of("Closed Won"), ending_of("closedlost"), ending_of("Open"), ending_of("Proposal")
    ('won', 'lost', 'open', None)
    """
    text = re.sub(r"[_\-/]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value)).strip()
    is_lost, is_won = bool(LOST_WORDS.search(text)), bool(WON_WORDS.search(text))
    if is_lost != is_won and not re.search(r"\bnot\b", text, re.IGNORECASE):
        return LOST if is_lost else WON
    return OPEN if re.fullmatch(r"(?i)open|offen|en cours|ouverte?|abiert[ao]|in progress|pending", text) else None


def channel_words(value: str) -> Channel | None:
    """The channel that a route's name speaks of, if it does of one.

    >>> channel_words("Fields Sales"), channel_words("Telecoverage"), channel_words("Reseller")
    ('outside', 'inside', None)
    """
    text = value.replace("_", " ")
    inside, outside = bool(INSIDE_WORDS.search(text)), bool(OUTSIDE_WORDS.search(text))
    if BOTH_WORDS.search(text) or (inside and outside):
        return "hybrid"
    return "inside" if inside else "outside" if outside else None
