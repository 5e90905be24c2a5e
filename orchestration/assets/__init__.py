"""The assets, layer by layer: ingestion and lake, the warehouse (dbt), its audit, and the release.

Each module has a factory or plain definitions; none imports an instance or reads the environment.
"""
