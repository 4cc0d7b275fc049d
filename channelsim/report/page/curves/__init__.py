"""The page of a set of curves: report.html as `channelsim curves` writes it."""
