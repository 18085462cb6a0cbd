"""Somebody who reads pages and sends the forms that stand on them, as a browser without a script does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx


@dataclass
class Form:
    """A form of a page.

    Attributes:
        action: where it goes.
        method: "get" or "post".
        fields: names and values that are sent when nothing is touched; buttons are not among them.
        buttons: names and values of the buttons that have a name.
        choices: all values that a name may have, ticked or not.
    """

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def said(self, changes: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
        """The fields, where some names have other values than the page gave them."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return kept


class _Forms(HTMLParser):
    """Finds the forms of a page; a field may stand outside its form and name it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._others: list[tuple[str, dict[str, str]]] = []
        self._inside: Form | None = None
        self._select: tuple[str, dict[str, str], list[tuple[str, bool]]] | None = None
        self._text: tuple[dict[str, str], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._inside)
            self._by_id[said.get("id", "")] = self._inside
        elif tag == "select":
            self._select = (said.get("name", ""), said, [])
        elif tag == "option" and self._select:
            self._select[2].append((said.get("value", ""), "selected" in said))
        elif tag == "textarea":
            self._text = (said, [])
        elif tag in {"input", "button"} and "disabled" not in said:
            self._add(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select" and self._select:
            name, said, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options[:1]]
            for value in chosen:
                self._add("select", {**said, "name": name, "value": value})
            self._select = None
        elif tag == "textarea" and self._text:
            said, parts = self._text
            self._add("textarea", {**said, "value": "".join(parts).removeprefix("\n")})
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def close(self) -> None:
        super().close()
        for tag, said in self._others:
            self._put(self._by_id.get(said["form"]), tag, said)

    def _add(self, tag: str, said: dict[str, str]) -> None:
        if "form" in said:
            self._others.append((tag, said))
        else:
            self._put(self._inside, tag, said)

    @staticmethod
    def _put(form: Form | None, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if form is None or not name:
            return
        kind = said.get("type", "submit" if tag == "button" else "text")
        value = said.get("value", "on" if kind in {"checkbox", "radio"} else "")
        if kind == "submit":
            form.buttons.append((name, value))
        elif kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(value)
            if "checked" in said:
                form.fields.append((name, value))
        else:
            form.fields.append((name, value))


def forms_of(page: str) -> list[Form]:
    """The forms of a page, in the order in which they stand there."""
    parser = _Forms()
    parser.feed(page)
    parser.close()
    return parser.forms


class Reader:
    """A browser with its cookies and one connection.

    Args:
        url: of the site.
        language: that it prefers.

    Attributes:
        url: likewise.
        client: of httpx.
        answer: the last one.
    """

    def __init__(self, url: str, language: str = "en") -> None:
        self.url = url
        fields = {"Origin": url, "Accept-Language": language}
        self.client = httpx.Client(base_url=url, headers=fields, timeout=120, trust_env=False)
        self.answer = httpx.Response(200)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    @property
    def path(self) -> str:
        """Of the page that is open, with what stands behind its question mark."""
        return self.answer.request.url.raw_path.decode("ascii")

    def get(self, path: str, status: int = 200) -> str:
        """Open a page, and whatever it leads on to; it must be there, unless another status is expected."""
        return self.follow(self.client.get(path), status)

    def form(self, action: str) -> Form:
        """The form of the page whose address begins, or ends, with this."""
        here = urlsplit(self.path).path
        for form in forms_of(self.answer.text):
            path = urlsplit(urljoin(here, form.action)).path
            if path.startswith(action) or path.endswith(action):
                form.action = urljoin(here, form.action)
                return form
        raise AssertionError(f"no form leads to {action} from {self.path}")

    def send(self, action: str, to: str = "", /, **changes: str | list[str]) -> str:
        """Send the form that leads there, with some fields changed, and open what comes of it.

        Args:
            action: as `form` takes it.
            to: where the button that is pressed sends it instead.
            changes: names with their values.
        """
        form = self.form(action)
        form.action = to or form.action
        return self.follow(self.post(form, **changes))

    def post(self, form: Form, /, **changes: str | list[str]) -> httpx.Response:
        """Send a form; the answer as it comes, which mostly leads on."""
        said = urlencode(form.said(changes))
        if form.method == "get":
            return self.client.get(f"{form.action.partition('?')[0]}?{said}")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post(form.action, content=said, headers=kind)

    def follow(self, answer: httpx.Response, status: int = 200) -> str:
        """Open whatever an answer leads on to."""
        self.answer = answer
        for _ in range(5):
            if not self.answer.has_redirect_location:
                break
            self.answer = self.client.get(self.answer.headers["location"])
        assert self.answer.status_code == status, f"{self.path}: {self.answer.status_code}"
        return self.answer.text
