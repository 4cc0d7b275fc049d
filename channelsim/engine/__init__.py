"""The engines: a program, a seed and a replication in; a ledger of what happened out."""
