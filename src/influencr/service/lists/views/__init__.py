"""What is shown at the addresses of lists."""
