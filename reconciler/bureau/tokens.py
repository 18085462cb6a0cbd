"""Bearer tokens: 256 random bits, of which only the hash is kept.

A token is looked up by its SHA-256. What an attacker could learn from the time of a look-up is about the
hash, which tells nothing about another token; a slow hash is for passwords, not for 256 random bits.
"""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32
LONGEST_TOKEN = 256
"""Characters; longer ones are not even hashed."""


def new_token() -> str:
    """A new token, as it is shown once."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def new_id() -> str:
    """An id for a job or a notification: nobody can guess another one."""
    return secrets.token_urlsafe(12)
