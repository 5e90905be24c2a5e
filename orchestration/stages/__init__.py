"""What a run does, stage by stage, as plain functions; the command line calls them and Dagster's assets wrap them.

Belongs here: the work of a stage and what it found, as counts and outcomes. Does not belong here: Dagster, which
learns of it in orchestration/assets.
"""
