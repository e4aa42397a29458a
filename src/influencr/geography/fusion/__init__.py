"""All clues about one creator weighed against each other; the judge that asks for them.

How far a kind of clue is believed stands in reliability.toml.
"""
