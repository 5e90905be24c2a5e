"""Is the built warehouse plausible, against its own history and what a school year looks like?

Belongs here: Great Expectations over small frames of aggregates, and its data docs for the data team. Does not belong
here: keys, relations and arithmetic (dbt), or the form of an extract (Pandera). Great Expectations takes seconds to
import: it is asked in a process of its own (beside.py), and imported nowhere else.
"""
