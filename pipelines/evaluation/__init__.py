"""Measurement: the published marts against hand-made truth."""
