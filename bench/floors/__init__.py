"""The least that the same work can cost: what Rollcall's own time is set against, measured in the same run."""
