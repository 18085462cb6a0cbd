"""Build a plan; pure."""
