"""A plan and the access matrix as one page to look at: one file, no network, nothing but its own script may run."""

from reconciler.formats.html.page import plan_html

__all__ = ["plan_html"]
