"""The bureau that faults and crashes are tried on: every kind of operation is to be done."""

from __future__ import annotations

POLICIES = """\
bureau: b
manage: {unlisted: remove, taken-over: b}
access:
  anna: {who: anna, clients: ["1", "2"], programs: [payroll, invoicing]}
  bo: {who: bo, clients: ["2"], programs: [bookkeeping]}
  cia: {who: cia, clients: ["3"], programs: [invoicing]}
"""

ACCESS = {
    ("anna", "1"): ["payroll", "bookkeeping"],
    ("bo", "1"): ["payroll"],
    ("bo", "2"): [],
    ("cia", "2"): ["invoicing"],
    ("cia", "3"): ["invoicing"],
}
