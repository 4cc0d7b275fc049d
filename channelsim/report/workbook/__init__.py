"""The workbook of a run: what it found, in cells that a controller can follow and change."""
