"""How does a member plan a budget in a browser? The address is the plan: to be sent and kept."""
