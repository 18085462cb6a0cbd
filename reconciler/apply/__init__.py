"""Run a plan's operations through a backend and collect what became of every item."""

from reconciler.apply.hold import Renewed
from reconciler.apply.orders import start
from reconciler.apply.protocol import Hold, Item, Job, Jobs, JobState, Journal, Lease, Notification, Order
from reconciler.apply.results import ACCESS, Ended, Result, Results
from reconciler.apply.run import Pace, Progress, carry_out

__all__ = [
    "ACCESS",
    "Ended",
    "Hold",
    "Item",
    "Job",
    "JobState",
    "Jobs",
    "Journal",
    "Lease",
    "Notification",
    "Order",
    "Pace",
    "Progress",
    "Renewed",
    "Result",
    "Results",
    "carry_out",
    "start",
]
