"""Measures of speed and quality; each takes its data as an argument and prints a JSON line."""
