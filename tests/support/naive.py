"""The oracle: the rules of the design over plain sets of triples, written without looking at the arrays."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.desired import Unlisted
from reconciler.grid import OperationKind
from reconciler.plan import Change, Plan
from reconciler.rights import Operator
from tests.support.worlds import Triple, World, access, triples

Cells = set[Triple]


@dataclass(frozen=True)
class Verdicts:
    """What the design says about a world: cells to grant and remove, and those that are blocked."""

    grants: Cells
    removals: Cells
    blocked: Cells
    left: Cells


def verdicts(world: World) -> Verdicts:
    """Decide each cell by the table of section 3."""
    have, want, everything = _managed(world), triples(world.register, world.desired.access), _all(world)
    may = _May(world)
    grants = {cell for cell in want - have if may.grant(cell, have)}
    wanted_gone = {cell for cell in have - want if _removable(world, cell, have, want)}
    free = wanted_gone - held_back(world, wanted_gone)
    removals = set()
    for cell in free:
        pair = (cell[0], cell[1], None)
        whole = pair in free and may.remove_access(pair, everything)
        if whole or (cell[2] is not None and may.remove_program(cell)):
            removals.add(cell)
    return Verdicts(
        grants,
        removals,
        blocked=(want - have - grants) | (wanted_gone - removals),
        left=have - want - wanted_gone,
    )


def _removable(world: World, cell: Triple, have: Cells, want: Cells) -> bool:
    if world.desired.unlisted is Unlisted.REMOVE:
        return True
    reg, (consultant, client, program) = world.register, cell
    forbidden = triples(reg, world.desired.denied_pairs)
    denied, ended = triples(reg, world.desired.denied_programs), triples(reg, world.desired.ended)
    if (consultant, client, None) in forbidden:
        return True
    if program is not None:
        return cell in denied or cell in ended
    mine = {c for c in have - want if c[:2] == cell[:2] and c[2] is not None}
    return cell in ended and all(c in denied or c in ended for c in mine)


def held_back(world: World, gone: Cells) -> Cells:
    """Of the cells that would be removed those that a guardrail keeps, whoever the operator is."""
    own = world.current.operator.consultant
    held = {c for c in gone if c[0] == own or is_protected(world, c)}
    held |= {c for c in gone if c[2] is not None and not mentioned(world, c) and not taken_over(world, c)}
    pairs = {c for c in gone if c[2] is None}
    # access stays with any program of it, and where it may not go itself
    held |= {c for c in pairs if any(other[:2] == c[:2] for other in held)}
    return held | {c for c in pairs if not mentioned(world, c) and not taken_over(world, c)}


def is_protected(world: World, cell: Triple) -> bool:
    """Whether the YAML protects the access of a consultant at a client."""
    who, where = world.register.consultants.names.id(cell[0]), world.register.clients.names.id(cell[1])
    return any(one.consultants[who] and one.clients[where] for one in world.desired.guardrails.protected)


def mentioned(world: World, cell: Triple) -> bool:
    """Whether a denial forbids a cell, or a rule gave it that has ended."""
    reg, desired = world.register, world.desired
    return (
        (cell[0], cell[1], None) in triples(reg, desired.denied_pairs)
        or cell in triples(reg, desired.ended)
        or (cell[2] is not None and cell in triples(reg, desired.denied_programs))
    )


def taken_over(world: World, cell: Triple) -> bool:
    """Whether what no rule mentions may go there; access itself where every managed program may."""
    masks = world.desired.guardrails.taken_over
    mask = 0 if masks is None else int(masks[world.register.clients.names.id(cell[1])])
    names, managed = world.register.programs.names, world.desired.scope.programs
    programs = [i for i in range(len(names)) if managed >> i & 1]
    wanted = programs if cell[2] is None else [names.id(cell[2])]
    return all(mask >> i & 1 for i in wanted)


class _May:
    """The operator's rights, cell by cell."""

    def __init__(self, world: World) -> None:
        self.world, self.reg = world, world.register

    def connected(self, client: str) -> bool:
        return bool(self.reg.clients.connected[self.reg.clients.names.id(client)])

    def grant(self, cell: Triple, have: Cells) -> bool:
        consultant, client, program = cell
        if not self.connected(client):
            return False
        new = (consultant, client, None) not in have
        me = self.world.current.operator
        return system(me, self.world, client) or (
            program is not None and not new and administers(me, self.world, client, program)
        )

    def remove_program(self, cell: Triple) -> bool:
        _, client, program = cell
        me = self.world.current.operator
        assert program is not None
        return self.connected(client) and (
            system(me, self.world, client) or administers(me, self.world, client, program)
        )

    def remove_access(self, pair: Triple, everything: Cells) -> bool:
        consultant, client, _ = pair
        held = {c[2] for c in everything if c[:2] == (consultant, client) and c[2] is not None}
        names = self.reg.programs.names
        managed = {name for i, name in enumerate(names) if self.world.desired.scope.programs >> i & 1}
        others = held - managed
        return (
            self.connected(client)
            and system(self.world.current.operator, self.world, client)
            and (not others or self.world.desired.other_programs)
        )


def system(operator: Operator, world: World, client: str) -> bool:
    """Whether system administrator there."""
    return bool(operator.rights.system[world.register.clients.names.id(client)])


def administers(operator: Operator, world: World, client: str, program: str) -> bool:
    """Whether program administrator of the program there."""
    mask = int(operator.rights.programs[world.register.clients.names.id(client)])
    return bool(mask >> world.register.programs.names.id(program) & 1)


def _all(world: World) -> Cells:
    return triples(world.register, world.current.access)


def _managed(world: World) -> Cells:
    scope = world.desired.scope
    state = world.current.access.restrict(scope.consultants, scope.clients, scope.programs)
    return triples(world.register, state)


def cells_of(plan: Plan, *changes: Change) -> Cells:
    """Every cell that the blocks of operations of these kinds span; access counts where it is the matter."""
    reg = plan.register
    found: Cells = set()
    for operation in plan.operations:
        if operation.change not in changes:
            continue
        programs = [name for i, name in enumerate(reg.programs.names) if operation.block.mask >> i & 1]
        about_access = operation.change is not Change.REMOVE_PROGRAMS
        for i in operation.block.consultants:
            for j in operation.block.clients:
                pair = reg.consultants.names[i], reg.clients.names[j]
                found |= {(*pair, p) for p in programs} | ({(*pair, None)} if about_access else set())
    return found


def perform(world: World, plan: Plan) -> tuple[World, Cells]:
    """What a bureau makes of the plan's operations: the world after, and the cells that it refuses."""
    cells, refused = _all(world), set()
    me = world.current.operator
    package = world.register.programs.package
    names = world.register.programs.names
    for operation in plan.operations:
        kind = operation.change.operation
        for cell in sorted(cells_of(_one(plan, operation), operation.change), key=str):
            consultant, client, program = cell
            mine = {c for c in cells if c[:2] == (consultant, client)}
            sa = system(me, world, client)
            if kind is OperationKind.REMOVE_ACCESS:
                outside = any(c[2] is not None and not package >> names.id(c[2]) & 1 for c in mine)
                if mine and (not sa or (outside and not plan.other_programs_too)):
                    refused.add(cell)
                else:
                    cells -= mine
            elif kind is OperationKind.REMOVE_PROGRAMS:
                if cell in mine and not (sa or administers(me, world, client, program)):
                    refused.add(cell)
                else:
                    cells.discard(cell)
            elif cell not in mine:
                needs_access = not mine or program is None
                if sa or (not needs_access and administers(me, world, client, program)):
                    cells |= {cell, (consultant, client, None)}
                else:
                    refused.add(cell)
    state = access(world.register, *cells)
    after = type(world.current)(world.register, state, "2", world.current.operator, world.current.others)
    return World(world.desired, after), refused


def _one(plan: Plan, operation) -> Plan:
    from dataclasses import replace

    return replace(plan, operations=(operation,))
