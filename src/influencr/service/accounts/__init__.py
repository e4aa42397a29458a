"""Who are the members? People with an e-mail address, the teams they share things in, their keys.

Only in an instance with members (INFLUENCR_BILLING is not `none`) does a page ask here.
"""
