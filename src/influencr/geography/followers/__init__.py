"""What the follower graph says: where a creator may be, and where the audience is."""
