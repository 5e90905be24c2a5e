"""Measures Rollcall against floors and against what an analyst would write. See README.md."""
