"""What people look at: dashboards and reports made from a release, each audience its own copy.

Belongs here: filtering and hiding for an audience, the site, the reports and the local server. Does not belong here:
figures; they come from the warehouse's reports tables.
"""
