"""Who may search, until when, and who says so? Reached only through `entitlements`."""
