"""The audit log: who gave or took what, when, on whose approval and why; appended to, and never changed."""
