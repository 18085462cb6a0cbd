"""What commands and pages have in common: from settings to a plan, a run, a drift or a commit.

It never prints and never asks: what there is to tell meanwhile goes to a function that the caller brings.
"""
