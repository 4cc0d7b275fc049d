"""Is it right, and what to measure next: the backtest, and what the verdict hinges on."""
