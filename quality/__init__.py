"""What data must look like: contracts for incoming rows, expectations for the built warehouse, outcomes of checks.

The lowest layer: imports no sibling package.
"""
