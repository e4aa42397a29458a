"""Pages of lists: shortlists of a team, creators side by side, files of both, links for outsiders.

Useful for: what a marketer does with results. Not useful for: keeping it (kept) or knowing who is
on a list (engine).
"""
