"""What programs wait for: ten thousand names at once, and everybody as a file."""
