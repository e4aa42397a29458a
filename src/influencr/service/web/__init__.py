"""The public pages: search, dossier, methods, rights. Views stay thin; what a page shows is built
by the modules beside them, as plain values that a template only has to set.
"""
