"""Which share of the followers looks bought, and how sure is that?"""
