"""Ways to reach a bureau; found by entry point, each one file."""
