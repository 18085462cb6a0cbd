"""What there is to tell while something is done, for whoever does it to show as they can."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.errors import Message

Tell = Callable[[Message], None]
"""Told of each thing as it happens: a note, a warning, that somebody is waited for."""
