"""Kinds of formats that several commands treat alike."""

from __future__ import annotations

TABLES = frozenset({"csv", "xlsx"})
"""The formats that are tables, in bytes."""

REMARKS = frozenset({"sarif", "github", "gitlab"})
"""The formats that are remarks at file and line, for forges."""
