"""How Rollcall runs: the command line, the Dagster code location, and the release.

The top layer. It imports the others; nobody imports it. What data must look like, how a file is read and what a
page shows live below.
"""
