"""Which programs to run, how often and where; and what became of each replication."""
