"""Who we are, asked with one token after the other about one state."""

from __future__ import annotations

import numpy as np
import pytest

from reconciler.backends import BackendConfig, open_backend
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.registers import create_bureau
from reconciler.bureau.store import Store
from reconciler.errors import BackendError
from tests.backends.bureaus import PROGRAMS, make_bureau


def opened(path, token):
    return open_backend(BackendConfig("embedded", {"database": str(path)}, token))


def test_each_token_tells_of_its_own_operator(tmp_path):
    path = tmp_path / "b.db"
    tokens = make_bureau(path)
    with opened(path, tokens["anna"]) as backend:
        current = backend.current()
        me, others = backend.operators(current.register)
    assert (me.key, [other.key for other in others]) == ("anna", ["some"])
    assert me.consultant == "anna@b.example"
    assert np.array_equal(me.rights.system, current.operator.rights.system)
    with opened(path, tokens["some"]) as backend:
        me, others = backend.operators(current.register)
    assert (me.key, others) == ("some", None)
    assert me.rights.system.tolist() == [False, True, False]
    assert me.rights.programs.tolist() == [1 << current.register.programs.names.id("payroll"), 0, 0]


def test_a_token_of_another_bureau_is_not_taken_for_one_of_this(tmp_path):
    path = tmp_path / "b.db"
    tokens = make_bureau(path)
    with Store.open(path) as store:
        create_bureau(store, "c", "Den andra", "Europe/Stockholm", PROGRAMS)
        other = add_operator(store, "c", "anna", "Anna", [Right(RightName.SYSTEM_ADMINISTRATOR)])
    with opened(path, tokens["anna"]) as backend:
        register = backend.current().register
    with opened(path, other) as backend, pytest.raises(BackendError, match="for the bureau c, not for b"):
        backend.operators(register)
