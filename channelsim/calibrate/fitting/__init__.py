"""An Export to a Fit: every figure with its uncertainty."""
