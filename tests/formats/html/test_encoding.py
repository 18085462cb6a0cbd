"""What the script of the page reads is what the plan and the bureau say, pair by pair."""

from __future__ import annotations

import base64
import zlib

import numpy as np
from hypothesis import given

from reconciler.formats.catalogue import catalogue
from reconciler.formats.html.data import matrix_data
from reconciler.formats.html.states import Matrix, Pair, State, matrix
from reconciler.formats.names import Namer
from reconciler.grid import Change, Half
from reconciler.plan import build
from tests.support.duties import DAY, guarded_worlds
from tests.support.worlds import worlds

FLAGS = {
    (Change.GIVE_ACCESS, True): Pair.GETS,
    (Change.REMOVE_ACCESS, True): Pair.LOSES,
    (Change.GIVE_ACCESS, False): Pair.WOULD_GET,
    (Change.REMOVE_ACCESS, False): Pair.WOULD_LOSE,
}
COLUMNS = {
    (Half.GRANTS, True): State._fields.index("gets"),
    (Half.REMOVALS, True): State._fields.index("loses"),
    (Half.GRANTS, False): State._fields.index("would_get"),
    (Half.REMOVALS, False): State._fields.index("would_lose"),
}

NOTHING = State(0, 0, 0, 0, 0, 0, 0)


def read(data) -> dict[tuple[int, int], State]:
    """The states by consultant and client, as the script reads them."""
    body = zlib.decompress(base64.b64decode(data["bytes"]), -15)
    columns, at = {}, 0
    for part in data["parts"]:
        piece = body[at : at + part["bytes"]]
        at += part["bytes"]
        kind = part["kind"]
        columns[part["name"]] = (
            piece.decode() if kind == "text" else np.frombuffer(piece, f"<u{kind}").tolist()
        )
    assert at == len(body)
    values = columns["states"]
    states = [State(*values[i : i + 7]) for i in range(0, len(values), 7)]
    places = [client for client, count in enumerate(columns["counts"]) for _ in range(count)]
    rows = zip(columns["who"], places, columns["numbers"], strict=True)
    return {(who, where): states[number] for who, where, number in rows}


def naive(plan, current) -> dict[tuple[int, int], State]:
    """The same, row by row from the changes of the plan."""
    found: dict[tuple[int, int], list[int]] = {}

    def state(who, where):
        return found.setdefault((who, where), [0] * 7)

    if current:
        for who, where, mask in current.access.rows():
            state(who, where)[0] |= Pair.HAS
            state(who, where)[1] |= mask
    every = [(change, True, rows) for change, rows in plan.changes.allowed.items()]
    every += [(why.change, False, rows) for why, rows in plan.changes.blocked.items()]
    for change, allowed, rows in every:
        column = COLUMNS[change.half, allowed]
        for who, where, mask in rows.rows():
            one = state(who, where)
            one[0] |= FLAGS.get((change, allowed), 0)
            one[column] |= mask
    for who, where, mask in plan.changes.goes_along().rows():
        state(who, where)[3] |= mask
    for who, where, mask in plan.changes.unmanaged.rows():
        one = state(who, where)
        one[0] |= Pair.LEFT
        one[6] |= mask
    return {pair: State(*one) for pair, one in found.items()}


def encoded(plan, current) -> dict[tuple[int, int], State]:
    return read(matrix_data(matrix(plan, current), Namer(plan.register, catalogue("en"))))


@given(worlds())
def test_every_pair_has_its_state(world):
    plan = build(world.desired, world.current, DAY)
    assert encoded(plan, world.current) == naive(plan, world.current)


@given(guarded_worlds())
def test_every_pair_has_its_state_under_guardrails(world):
    plan = build(world.desired, world.current, DAY)
    assert encoded(plan, world.current) == naive(plan, world.current)


@given(worlds())
def test_without_the_bureau_only_what_the_plan_mentions_is_there(world):
    plan = build(world.desired, world.current, DAY)
    whole, part = encoded(plan, world.current), encoded(plan, None)
    assert set(part) == {
        pair for pair, state in whole.items() if state._replace(pair=state.pair & ~1, holds=0) != NOTHING
    }
    for pair, state in part.items():
        assert state.pair == whole[pair].pair, "who has access is known of all that a plan mentions"
        assert state.holds & ~whole[pair].holds == 0
        assert state[2:] == whole[pair][2:]


def test_numbers_of_any_width_come_out_as_they_went_in():
    for people in (1, 255, 256, 257, 65_536, 65_537):
        keys = np.array([people - 1], dtype=np.int64)
        found = Matrix(
            keys, np.zeros(1, dtype=np.int64), (State(1, 2**64 - 1, 0, 0, 0, 0, 2**63),), known=True
        )
        assert read(matrix_data(found, _Names(people))) == {(people - 1, 0): found.states[0]}


class _Names:
    """Names of a bureau of one client, made when they are asked for."""

    def __init__(self, people: int) -> None:
        from tests.support.worlds import register

        self.register = register([f"c{i:06}" for i in range(people)], ["1"], ["p"])

    def consultant(self, number):
        return f"c{number}"

    def client(self, number):
        return str(number)

    def program(self, number):
        return str(number)
