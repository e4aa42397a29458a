"""How do files of records come in over HTTP? Kept, taken in by the queue, and told row by row.

Useful for: programs of whoever runs the instance.
Not useful for: anybody else, since what comes in is shown to everybody.
"""
