"""Readers by shape (table, register grid, JSON records) and the profiles that map each system's headings."""
