"""Run a plan's operations through a backend and collect what became of every item."""
