"""Figures opened: a registry of how every mart is made of marks, and what makes cells again from it."""
