"""How does a team's own program hear of alerts at once? Signed calls, tried again, each visible.

Useful for: telling a program what the page of alerts tells a person.
Not useful for: deciding what is worth telling (`engine.Alerts`).
"""
