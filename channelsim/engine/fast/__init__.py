"""The fast engine: the behaviour of the reference engine, event for event, compiled to machine code."""

from channelsim.engine.fast.kernel import simulate

__all__ = ["simulate"]
