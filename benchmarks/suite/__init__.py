"""`influencr bench all`: every benchmark of the project, one after the other, and one page of them.

`jobs` says which there are and how each is run, `figures` reads what each wrote, `run` runs them in
processes of their own and can go on after it was stopped, `history` keeps one line a run for good,
`page` writes docs/benchmarks/README.md from that history and from nothing else.
"""
