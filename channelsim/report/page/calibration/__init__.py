"""The page of a calibration: report.html as `channelsim calibrate --report` writes it."""
