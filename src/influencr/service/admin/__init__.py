"""The operator's pages: who is a member, how the sources stand, who left, who contests what."""
