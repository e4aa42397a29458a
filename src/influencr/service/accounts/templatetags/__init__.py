"""Words for templates of members."""
