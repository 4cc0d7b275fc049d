"""The fields that are looked for in an export, and the headings that CRMs give them.

Headings are compared in small letters, without accents and signs (`columns.normal`), with or without "deal" or
"opportunity" before them. Of several that fit, the first named here is taken.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "key": "what tells deals apart",
    "name": "the deal's name, in which test rows are looked for",
    "created": "when the deal or lead began",
    "closed": "when it was won or lost; of an open deal it is what is hoped, and not used",
    "won_at": "when it was won",
    "lost_at": "when it was lost",
    "stage": "where it stands, or stood last",
    "result": "won, lost or open, where that stands apart from the stage",
    "is_won": "yes or no",
    "is_closed": "yes or no",
    "amount": "its value",
    "currency": "of the value",
    "source": "where it came from",
    "segment": "a kind of buyer or size of deal, by which deals differ",
    "route": "how it was sold: by phone, in the field, ...",
    "owner": "the rep",
    "modified": "when the row was last changed: of rows of one key, the latest holds",
    "changed": "of a history: when the stage changed",
    "to_stage": "of a history: the stage then entered",
    "from_stage": "of a history: the stage then left",
    "changed_field": "of a history of all fields: which one; rows of other fields than the stage are left out",
    "days_total": "of an export without dates: days from the beginning to the end",
}
DATES = ("created", "closed", "won_at", "lost_at", "modified", "changed")

HEADINGS: dict[str, tuple[str, ...]] = {
    "key": (
        "opportunity id", "deal id", "18 digit opportunity id", "case safe id", "opportunity number",
        "opportunity no", "deal number", "opp id", "record id", "record id deals", "hs object id", "mql id",
        "lead id", "id", "key", "number", "opportunity nr", "verkaufschance id", "verkaufschancen id",
        "vorgangsnummer", "angebotsnummer",
        "opportunity nummer", "nummer", "identifiant", "id opportunite", "id de l opportunite", "numero",
        "id oportunidad", "id de la oportunidad", "identificador",
    ),
    "name": (
        "opportunity name", "deal name", "deal title", "name", "title", "opportunity", "deal", "verkaufschance",
        "opportunity titel", "titel", "bezeichnung", "nom de l opportunite", "opportunite", "titre", "nom",
        "nombre de la oportunidad", "oportunidad", "nombre", "account name", "account", "company name",
    ),
    "created": (
        "created date", "create date", "date created", "creation date", "created at", "created on", "created time",
        "created", "deal created", "deal created on", "add time", "open date", "opened date", "date opened",
        "opened", "start date", "first contact date", "engage date", "lead created date", "date identified",
        "erstellt am", "erstelldatum", "erstellungsdatum", "angelegt am", "anlagedatum", "erstellt",
        "date de creation", "creee le", "cree le", "date creation", "fecha de creacion", "fecha creacion", "creado",
        "creada", "creado el",
    ),
    "closed": (
        "closed date", "close date", "date closed", "closed at", "closed on", "close time", "deal closed on",
        "actual close date", "closing date", "closed", "end date", "abschlussdatum", "geschlossen am",
        "abgeschlossen am", "schlusstermin", "date de cloture", "date cloture", "cloture le", "date de fermeture",
        "fecha de cierre", "fecha cierre", "cerrado el",
    ),
    "won_at": ("won time", "won date", "won at", "date won", "gewonnen am", "gagne le", "ganado el"),
    "lost_at": ("lost time", "lost date", "lost at", "date lost", "verloren am", "perdu le", "perdido el"),
    "stage": (
        "stage", "stage name", "deal stage", "sales stage", "opportunity stage", "pipeline stage", "current stage",
        "phase", "verkaufsphase", "vertriebsphase", "stufe", "etape", "etape de vente", "etapa", "etapa de venta",
        "fase",
    ),
    "result": (
        "opportunity result", "result", "outcome", "won lost", "deal status", "opportunity status", "status",
        "ergebnis", "resultat", "statut", "resultado", "estado",
    ),
    "is_won": ("is won", "is closed won", "won", "iswon", "gewonnen", "gagne", "ganada"),
    "is_closed": ("is closed", "is deal closed", "isclosed", "geschlossen", "cloturee", "cerrada"),
    "amount": (
        "amount", "opportunity amount", "deal amount", "amount in company currency", "deal value", "value",
        "opportunity value", "close value", "total value", "acv", "annual contract value", "arr", "tcv",
        "total contract value", "price", "revenue", "betrag", "auftragswert", "wert", "volumen", "umsatz",
        "montant", "valeur", "importe", "monto", "valor", "cantidad", "expected revenue",
        "declared monthly revenue",
    ),
    "currency": (
        "currency", "opportunity currency", "amount currency", "deal currency code", "currency iso code",
        "wahrung", "waehrung", "devise", "moneda",
    ),
    "source": (
        "lead source", "source", "deal source", "opportunity source", "original source", "original traffic source",
        "original source type", "lead origin", "origin", "utm source", "latest source", "leadquelle", "lead quelle",
        "quelle", "herkunft", "origine", "origine de la piste", "source de la piste", "fuente", "origen",
        "origen del prospecto", "fuente del prospecto",
    ),
    "segment": (
        "segment", "customer segment", "account segment", "market segment", "deal size category",
        "company size category", "company size", "client size", "client size by revenue", "customer size",
        "deal size", "size category", "account tier", "tier", "size", "client size by employee count",
        "business segment", "industry", "sector", "kundensegment", "unternehmensgrosse", "branche", "taille",
        "taille de l entreprise", "secteur", "secteur d activite", "segmento", "tamano de la empresa", "sector",
        "industria",
    ),
    "route": (
        "route to market", "sales route", "sales motion", "motion", "sales channel", "selling channel", "route",
        "vertriebsweg", "vertriebskanal", "canal de vente", "canal de ventas", "channel", "kanal", "canal",
        "sales team", "team", "opportunity type", "deal type", "type", "record type", "pipeline", "typ",
    ),
    "owner": (
        "opportunity owner", "deal owner", "owner", "owner name", "owner full name", "opportunity owner name",
        "sales rep", "rep", "sales agent", "salesperson", "account executive", "assigned to", "owner id",
        "hubspot owner id", "sr id", "user", "besitzer", "inhaber", "verantwortlich", "zustandig", "verkaufer",
        "proprietaire", "proprietaire de l opportunite", "commercial", "responsable", "propietario",
        "propietario de la oportunidad", "vendedor",
    ),
    "modified": (
        "last modified date", "last modified", "modified date", "modified", "update time", "updated at",
        "last update", "last stage change date", "geandert am", "zuletzt geandert am",
        "date de derniere modification", "fecha de ultima modificacion",
    ),
    "changed": (
        "changed at", "change date", "changed on", "stage change date", "stage changed at", "edit date",
        "timestamp", "stage entered", "stage entered at", "entered at", "entered on", "stage date",
        "stage start date", "geandert", "date de modification", "fecha de cambio", "date",
    ),
    "to_stage": ("to stage", "new stage", "new value", "stage to", "neue phase", "neuer wert", "nouvelle valeur",
                 "nouvelle etape", "nueva etapa", "nuevo valor"),
    "from_stage": ("from stage", "old stage", "previous stage", "old value", "stage from", "alte phase",
                   "alter wert", "ancienne valeur", "ancienne etape", "etapa anterior", "valor anterior"),
    "changed_field": ("field event", "field", "changed field", "field name"),
    "days_total": (
        "total days identified through closing", "total days", "days to close", "days open", "sales cycle days",
        "sales cycle", "age", "age days", "deal age", "days", "alter", "age jours", "edad",
    ),
}  # fmt: skip

ROUTE_ONLY_IF_IT_SPEAKS_OF_SELLING = frozenset({
    "channel", "kanal", "canal", "sales team", "team", "opportunity type", "deal type", "type", "record type",
    "pipeline", "typ", "motion",
})  # fmt: skip
"""Headings of columns that may as well hold something else: taken for the route if a value of theirs is of a way
to sell."""

STAGE_DAYS = (r"ratio days (.+) to total days", r"share of days in (.+)")
"""Headings, normal, of shares of the total days by stage."""
STAGE_DATES = (r"date entered (.+)", r"(.+) entered date", r"entered (.+) date")
"""Headings, normal, of the days on which stages were entered: a history that lies on its side."""
