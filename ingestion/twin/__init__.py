"""The twin: a synthetic trust's register extracts in the forms that schools' systems really send.

Belongs here: making data for the demo, the tests and the benchmark. Nothing of it is about a real pupil or school.
"""

from ingestion.twin.making import ANSWER_KEY, TwinSummary, make_trust

__all__ = ["ANSWER_KEY", "TwinSummary", "make_trust"]
