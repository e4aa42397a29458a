"""How long does a member wait for a page, alone and with a hundred others?

`python -m benchmarks service` puts the invented creators of the search benchmark, with all that a
row of results shows, into a home with a hundred members, starts `influencr serve` on it, signs
everybody in and asks for search pages through the socket: one at a time, then all at once.
"""
