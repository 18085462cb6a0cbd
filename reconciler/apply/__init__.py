"""Run a plan's operations through a backend and collect what became of every item."""

from reconciler.apply.protocol import Item, Job, Jobs, JobState, Notification, Order
from reconciler.apply.results import ACCESS, Ended, Result, Results
from reconciler.apply.run import Pace, Progress, run

__all__ = [
    "ACCESS",
    "Ended",
    "Item",
    "Job",
    "JobState",
    "Jobs",
    "Notification",
    "Order",
    "Pace",
    "Progress",
    "Result",
    "Results",
    "run",
]
