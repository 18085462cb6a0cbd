"""Measurements, run on demand: ratios within one run, never asserted as seconds in a test."""
