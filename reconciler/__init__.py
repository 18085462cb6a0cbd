"""Access as code for accounting bureaus; `docs/architecture.md` shows the flow."""
