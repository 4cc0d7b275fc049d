"""The finance layer: a ledger and prices in, money out."""
