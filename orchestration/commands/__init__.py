"""The commands of `rollcall`, thin: arguments in, one call below, a table or JSON out. Heavy imports stay inside."""
