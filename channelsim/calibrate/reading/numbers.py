"""Texts to numbers: 1,234.50; 1.234,50; 1 234,50; $12,000; (500); 12k."""

from __future__ import annotations

import polars as pl

from channelsim.calibrate.reading.notes import Notes, plain

NUMBER = (
    r"^\(?[-−+]?(?:\p{Sc}|[A-Za-z]{1,3}\p{Sc}?)?[-−+]?"
    r"(?P<digits>\d[\d.,]*(?:[eE][-+]?\d{1,2})?|[.,]\d+)"
    r"(?P<scale>(?i:k|tsd\.?|m|mio\.?|mn|bn|mrd\.?))?(?P<percent>%)?(?:\p{Sc}|[A-Za-z]{3})?-?\)?$"
)
IGNORED = r"[\s'’`]+"
NEGATIVE = r"^\(.*\)$|^[^\d]*[-−]|\d[-−]$"
SCALES = {"k": 1e3, "tsd": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "bn": 1e9, "mrd": 1e9}
LIKE_THOUSANDS = r"^[1-9]\d{0,2}[.,]\d{3}$"


def parse_numbers(texts: pl.Series, label: str, decimal: str | None, separator: str, notes: Notes) -> pl.Series:
    """Numbers of a column, null where a text is none.

    label: the column, as sentences call it. decimal: the mapping file's sign, else decided from the column.
    separator: of the file's cells, "" for a workbook, whose numbers have a decimal point.
    """
    distinct = texts.drop_nulls().value_counts().rename({texts.name: "text"})
    distinct = distinct.sort(["count", "text"], descending=[True, False])
    cleaned = distinct.with_columns(
        pl.col("text").str.replace_all(IGNORED, "").alias("clean"),
    ).with_columns(
        pl.col("clean").str.extract_groups(NUMBER).alias("parts"),
        pl.col("clean").str.contains(NEGATIVE).alias("negative"),
    )
    cleaned = cleaned.unnest("parts").with_columns(sign_of=_evidence(pl.col("digits")))
    sign = decimal or _decide(cleaned, label, separator, notes)
    own = pl.col("sign_of").fill_null(sign)
    digits = (
        pl.when(own == ",")
        .then(pl.col("digits").str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(pl.col("digits").str.replace_all(",", "", literal=True))
    )
    scale = pl.col("scale").str.to_lowercase().str.strip_chars(".").replace_strict(SCALES, default=1.0)
    number = (
        digits.cast(pl.Float64, strict=False)
        * scale.fill_null(1.0)
        * pl.when(pl.col("percent").is_not_null()).then(0.01).otherwise(1.0)
        * pl.when(pl.col("negative")).then(-1.0).otherwise(1.0)
    )
    read = cleaned.select("text", "count", number.alias("number"))
    unread = read.filter(pl.col("number").is_null() | ~pl.col("number").is_finite())
    notes.count(f"{label}: not a number", int(unread["count"].sum()), "taken as not said", unread["text"])
    finite = read.filter(pl.col("number").is_finite())
    looked_up = texts.rename("text").to_frame().join(finite, on="text", how="left", maintain_order="left")
    return looked_up["number"].rename(texts.name)


def _evidence(digits: pl.Expr) -> pl.Expr:
    """The decimal sign that a number's own form shows; null where it has none or may have either."""
    last_comma = digits.str.contains(r",[^.,]*$")
    commas, points = digits.str.count_matches(",", literal=True), digits.str.count_matches(".", literal=True)
    return (
        pl.when((commas > 0) & (points > 0))
        .then(pl.when(last_comma).then(pl.lit(",")).otherwise(pl.lit(".")))
        .when(commas > 1)
        .then(pl.lit("."))
        .when(points > 1)
        .then(pl.lit(","))
        .when((commas + points == 0) | digits.str.contains(LIKE_THOUSANDS))
        .then(None)
        .when(commas == 1)
        .then(pl.lit(","))
        .otherwise(pl.lit("."))
    )


def _decide(cleaned: pl.DataFrame, label: str, separator: str, notes: Notes) -> str:
    """The decimal sign of numbers that may be read either way, such as 12,500."""
    by_sign = {sign: cleaned.filter(pl.col("sign_of") == sign) for sign in (",", ".")}
    rows = {sign: int(frame["count"].sum()) for sign, frame in by_sign.items()}
    either = cleaned.filter(pl.col("sign_of").is_null() & pl.col("digits").str.contains(r"[.,]"))
    if not separator:
        return "."
    if max(rows.values()):
        sign = max(rows, key=lambda each: rows[each])
        other = "," if sign == "." else "."
        example = plain(by_sign[sign]["text"][0])
        if sign == "," or len(either):
            notes.say(f"{label}: '{sign}' is the decimal sign, as in {example}.")
        notes.count(
            f"{label}: '{other}' as the decimal sign, unlike most",
            rows[other],
            "read so, each by its own form",
            by_sign[other]["text"],
        )
        return sign
    if not len(either):
        return "."
    used = "," if either["digits"].str.contains(",", literal=True).sum() * 2 >= len(either) else "."
    ungrouped = cleaned.filter(pl.col("digits").str.contains(r"^\d{4,}$"))
    example = plain(either["text"][0])
    if len(ungrouped) and (used == "." or separator != ","):
        notes.say(
            f"{label}: '{used}' is the decimal sign, as in {example}, for {plain(ungrouped['text'][0])} has none."
        )
        return used
    notes.say(f"{label}: '{used}' parts thousands, as in {example}; decimal: in the mapping file says otherwise.")
    return "." if used == "," else ","
