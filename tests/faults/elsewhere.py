"""Faults that other tests try, for the table: which test shows what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Elsewhere:
    """A fault that a test of its own tries.

    Attributes:
        fault: what happens.
        shown: what the test shows.
        test: its id.
    """

    fault: str
    shown: str
    test: str


ELSEWHERE = [
    Elsewhere(
        "SIGKILL at every write, one after the other",
        "`apply --resume` ends as an apply that nobody killed",
        "tests/faults/test_crashes.py::test_killed_at_every_write_and_gone_on_with_it_ends_as_if_it_had_not_been",
    ),
    Elsewhere(
        "SIGKILL again while it goes on",
        "the same",
        "tests/faults/test_crashes.py::test_killed_again_while_it_goes_on",
    ),
    Elsewhere(
        "SIGKILL as a real process, in the middle of a run",
        "`apply --resume` goes on",
        "tests/commands/test_resume.py::test_killed_for_real_and_gone_on_with",
    ),
    Elsewhere(
        "SIGTERM and Ctrl-C",
        "nothing more is sent; it says how to go on, and does",
        "tests/commands/test_resume.py::test_stopped_by_a_signal_it_says_how_to_go_on_and_does",
    ),
    Elsewhere(
        "SIGKILL at every write of several operators, in each part",
        "the parts are gone on with",
        "tests/commands/test_apply_all.py",
    ),
    Elsewhere(
        "a journal that fills up, or a full disk under it",
        "the run stops with the reason, and can be gone on with",
        "tests/commands/test_resume.py::test_a_journal_that_fills_up_stops_the_run_with_the_reason",
    ),
    Elsewhere(
        "a journal that is read-only",
        "it is said, and nothing is sent",
        "tests/journal/test_book.py::test_what_cannot_be_written_is_said",
    ),
    Elsewhere(
        "no journal at all",
        "nothing is sent",
        "tests/commands/test_resume.py::test_where_no_journal_can_be_nothing_is_sent",
    ),
    Elsewhere(
        "no audit log",
        "nothing is sent",
        "tests/commands/test_audited.py::test_nothing_is_done_where_the_log_cannot_be_written",
    ),
    Elsewhere(
        "a full disk under the audit log",
        "the next line makes it good",
        "tests/audit/test_log.py::test_a_full_disk_stops_an_append_and_is_made_good_by_the_next",
    ),
    Elsewhere(
        "a crash at any byte of the audit log",
        "it is told, and the log goes on",
        "tests/audit/test_log.py::test_a_crash_at_any_byte_is_told_of_truthfully_and_the_log_goes_on",
    ),
    Elsewhere(
        "two applies at once, on one machine or two",
        "one is refused or waits",
        "tests/commands/test_locks.py::test_of_many_who_come_at_once_one_gets_it",
    ),
    Elsewhere(
        "twenty threads on one revision",
        "one of them has its effect",
        "tests/bureau/test_concurrency.py::test_twenty_threads_on_one_revision",
    ),
    Elsewhere(
        "the server is killed again and again inside one job",
        "the job is done exactly once",
        "tests/bureau/test_crash.py::test_killed_in_the_middle_again_and_again",
    ),
    Elsewhere(
        "a part of a job that cannot be written at the server",
        "it is done when the cause is gone",
        "tests/bureau/test_failures.py::test_a_chunk_that_fails_is_done_when_the_cause_is_gone",
    ),
    Elsewhere(
        "a clock that goes back while a run is journalled and audited",
        "log and journal are whole and in their order, and the run can be gone on with",
        "tests/commands/test_clocks.py",
    ),
    Elsewhere(
        "a day that comes again, by a clock that was set back",
        "what a drift remembers of another day is not believed",
        "tests/commands/test_clocks.py::test_a_drift_of_a_day_that_comes_again_is_looked_for_again",
    ),
    Elsewhere(
        "it is another day by this machine's clock than by the bureau's",
        "nothing is planned until one is set right, or the day is named",
        "tests/commands/test_clocks.py::test_where_it_is_another_day_at_the_bureau_nothing_is_planned",
    ),
    Elsewhere(
        "the server's clock is set back, by a second or by years",
        "a lease whose holder is gone locks nobody out, and two are never in force",
        "tests/bureau/test_leases.py::test_a_clock_that_is_set_back_locks_nobody_out",
    ),
    Elsewhere(
        "a Retry-After that is a date, by a clock that is a day off",
        "the pause is the one that is meant",
        "tests/backends/test_retries.py::test_a_date_in_retry_after_is_by_the_clock_of_the_server",
    ),
    Elsewhere(
        "a state that was kept in 1971, or in 2199",
        "its age is of no account, only the backend's word",
        "tests/backends/test_kept.py::test_how_old_it_seems_is_of_no_account",
    ),
    Elsewhere(
        "half of the consultants are gone",
        "planning stops",
        "tests/commands/test_seen.py",
    ),
    Elsewhere(
        "random histories: edits, meddling, lost rights, passing days, crashes",
        "the laws hold, by an oracle over sets",
        "tests/machine/test_machine.py::test_a_bureau_over_time",
    ),
]
