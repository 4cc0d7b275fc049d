"""How many reps, and hired how fast: docs/studies/sizing.md."""
