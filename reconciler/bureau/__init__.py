"""The embedded bureau server: API, store, jobs, notifications."""
