"""The register as a folder of CSV files: consultants, clients and programs of a bureau, without access or secrets.

It serves where no backend may be asked, such as for a pull request from a fork, and it is the shape in which the
embedded bureau is loaded. Nothing here knows a policy.
"""

from reconciler.register.files import FILES, read_register, register_of
from reconciler.register.moved import Moved, moved
from reconciler.register.write import Written, write_register

__all__ = ["FILES", "Moved", "Written", "moved", "read_register", "register_of", "write_register"]
