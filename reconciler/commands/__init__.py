"""One file per command, no logic; the only place that prints."""
