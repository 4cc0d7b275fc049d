"""Statistics over replications: intervals, paired differences, the verdict."""
