"""Measures of what was measured: calibration, intervals, ranking; pure functions over numpy."""
