"""What a calibration's report calls things."""

from __future__ import annotations

from channelsim.calibrate.checking.later import Figure
from channelsim.finance.definitions import Unit

FIGURES = {
    Figure.CREATED: ("Deals created", Unit.COUNT),
    Figure.WINS: ("Wins", Unit.COUNT),
    Figure.BOOKINGS: ("Bookings", Unit.MONEY),
    Figure.CYCLE_MEDIAN: ("Median cycle time", Unit.DAYS),
    Figure.CYCLE_P90: ("P90 of cycle times", Unit.DAYS),
    Figure.OPEN_DEALS: ("Open deals", Unit.COUNT),
    Figure.OPEN_PIPELINE: ("Open pipeline", Unit.MONEY),
}
"""Label and unit."""
