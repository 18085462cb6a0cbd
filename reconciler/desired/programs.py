"""Programs of rules as masks: names, bundles, all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.desired.checks import texts
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry
    from reconciler.grid import Programs


class Masks:
    """What lists of programs mean; remembers those that were fine.

    Args:
        programs: of the register.
        bundles: of the policy, not circular and without unknown bundles.
        findings: takes an error for each program that is unknown or outside the bureau package.
    """

    def __init__(self, programs: Programs, bundles: Mapping[str, Entry], findings: list[Finding]) -> None:
        self.package = programs.package
        self._ids = {name: number for number, name in enumerate(programs.names)}
        self._findings = findings
        self._bundles: dict[str, int] = {}
        self._known: dict[tuple[str, ...], int] = {}
        self._entries = bundles
        for name in bundles:
            self._bundle(name)

    def of(self, entry: Entry, path: Path, written: Any) -> int:
        """The mask of a text or a list of texts; what is wrong in it counts nothing."""
        key = (written,) if isinstance(written, str) else tuple(written)
        mask = self._known.get(key)
        if mask is not None:
            return mask
        before, mask = len(self._findings), 0
        for place, text in texts(written, path):
            mask |= self._one(entry, place, text)
        if len(self._findings) == before:
            self._known[key] = mask
        return mask

    def held(self, entry: Entry, path: Path, written: Any) -> int:
        """The same, of programs that somebody may hold: those outside the bureau package too."""
        mask = 0
        for place, text in texts(written, path):
            number = self._ids.get(text)
            if number is None or self.package >> number & 1:
                mask |= self.of(entry, place, text)
            else:
                mask |= 1 << number
        return mask

    def _one(self, entry: Entry, path: Path, text: str) -> int:
        if text == "all":
            return self.package
        if text.startswith("+"):
            return self._bundle(text[1:])
        number = self._ids.get(text)
        if number is None:
            message, hint = Message("there is no program “{name}”", name=text), self._hint(text)
            self._findings.append(entry.finding("unknown-program", message, path, hint))
            return 0
        if not self.package >> number & 1:
            message = Message("“{name}” is not in the bureau package", name=text)
            hint = Message("programs outside of it are neither given nor removed here")
            self._findings.append(entry.finding("outside-package", message, path, hint))
            return 0
        return 1 << number

    def _hint(self, text: str) -> Message | None:
        if text in self._entries:
            return Message("for the bundle write +{name}", name=text)
        inside = [name for name, number in self._ids.items() if self.package >> number & 1]
        return did_you_mean(text, inside)

    def _bundle(self, name: str) -> int:
        """The mask of a bundle; its errors are told once, where it is defined."""
        if name not in self._bundles:
            entry = self._entries[name]
            self._bundles[name] = self.of(entry, (), entry.value)
        return self._bundles[name]
