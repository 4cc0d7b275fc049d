"""Can the simulator be trusted? Two engines against each other, and both against theory."""
