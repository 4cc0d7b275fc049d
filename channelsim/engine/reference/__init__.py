"""The reference engine: SimPy, written to be read. A lead's life is a process, a seat's succession of reps is a
process. It is the specification of behaviour; docs/behaviour.md tells the same in words."""

from channelsim.engine.reference.simulation import simulate

__all__ = ["simulate"]
