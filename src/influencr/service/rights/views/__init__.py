"""The pages of listed people."""
