"""How fast is a search among a million creators, beside what else one would take for it?

`influencr bench search` invents creators (`creators`), puts the same documents into our index and
into SQLite, PostgreSQL, Lucene and tantivy, and asks everybody the same questions, one after the
other in random order. A figure counts only where all of them find the same number of creators.

It stands outside of the package because the other engines are no part of it.
"""
