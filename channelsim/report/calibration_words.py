"""What a calibration's report calls things."""

from __future__ import annotations

from channelsim.calibrate.later import Figure
from channelsim.finance.definitions import Unit

FIGURES = {
    Figure.CREATED: ("Deals created", Unit.COUNT),
    Figure.WINS: ("Wins", Unit.COUNT),
    Figure.BOOKINGS: ("Bookings", Unit.MONEY),
    Figure.CYCLE_MEDIAN: ("Cycle time, median", Unit.DAYS),
    Figure.CYCLE_P90: ("Cycle time, P90", Unit.DAYS),
    Figure.OPEN_DEALS: ("Open deals", Unit.COUNT),
    Figure.OPEN_PIPELINE: ("Open pipeline", Unit.MONEY),
}
"""Label and unit."""
