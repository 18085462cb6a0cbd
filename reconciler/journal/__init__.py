"""What a run was about to do and what became of it, kept on this machine; and the lock of this machine.

database.py  the SQLite file        book.py    runs written down and read again
values.py    what is known of one   lock.py    one apply of a bureau at a time
"""

from reconciler.journal.book import Journal, Writer
from reconciler.journal.lock import Holder, Lock, Taken
from reconciler.journal.values import Begun, Run, State

__all__ = ["Begun", "Holder", "Journal", "Lock", "Run", "State", "Taken", "Writer"]
