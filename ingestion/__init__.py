"""From a school's file to the lake: reading, conforming, judging and storing register extracts."""
