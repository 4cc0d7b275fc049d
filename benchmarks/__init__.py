"""How fast the engines are, beside others and as the work grows: `python -m benchmarks`. See README.md here."""
