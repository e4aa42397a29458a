"""What changed about the creators a team cares for: on a page, and in one mail a day or a week.

Useful for: telling people, each once and no more than they want. Not useful for: noticing (the
engine compares) or running again and again (jobs).
"""
