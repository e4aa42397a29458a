"""What `tools/docs.py` writes from other things than the command tree and the record types."""
