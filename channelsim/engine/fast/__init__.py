"""The fast engine: the behaviour of the reference engine, event for event, compiled to machine code.

Its files are those of `engine.reference`, and read beside them: a lead's life (`lead`), a team at work (`team`), a
seat and those who sit in it (`seat`), a replication (`simulation`). Where the reference has objects and processes,
this has rows of tables (`state`), an agenda (`agenda`) and lines (`lines`); `books` and `luck` write and draw.
"""

from channelsim.engine.fast.kernel import Stopped, new_stop, prepare, simulate

__all__ = ["Stopped", "new_stop", "prepare", "simulate"]
