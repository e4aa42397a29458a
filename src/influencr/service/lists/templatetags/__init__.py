"""Pieces of pages that save creators."""
