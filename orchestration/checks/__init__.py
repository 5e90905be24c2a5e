"""Rollcall's own checks of a release: what a trust must be able to rely on, beyond keys and plausibility."""
