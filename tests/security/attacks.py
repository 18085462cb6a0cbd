"""The table of attacks: what a name may hold that would do harm where it is printed, and judges that tell."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import unicodedata
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from reconciler.formats.tables import read_xlsx

ATTACKS = {
    "red text": "\x1b[31mred\x1b[0m",
    "clear the screen": "\x1b[2J\x1b[Hclean",
    "the window's title": "\x1b]0;owned\x07",
    "a hyperlink (OSC 8)": "\x1b]8;;https://evil.example\x1b\\bank\x1b]8;;\x1b\\",
    "the clipboard (OSC 52)": "\x1b]52;c;cm0gLXJmIC8=\x07",
    "a device control string": "\x1bP$q\x1b\\",
    "a C1 control sequence": "\x9b31mred",
    "a C1 operating system command": "\x9d0;owned\x9c",
    "next line": "a\x85b",
    "backspaces": "Anna\x08\x08\x08\x08Eve",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "a forged line": "Anna\n  + FORGED",
    "overwriting the line": "Anna\rEve  ",
    "a page and a tab": "a\x0c\x0b\tb",
    "line and paragraph separators": "a\u2028  + FORGED\u2029b",
    "right-to-left override": "invoice\u202egnp.exe",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "marks of direction": "a\u200e\u200f\u061cb",
    "zero width": "an\u200bna\u200c\u200d\u2060\ufeff",
    "a soft hyphen": "an\xadna",
    "letters that show nothing": "an\u3164\u115fna\u034f\ufe0f",
    "tags": "a\U000e0041\U000e007f",
    "private and unassigned characters": "a\ue000\u0378b",
    "a name from right to left": "שלום עולם",
    "Arabic": "محمد ٠٤٢",
    "combining marks": "z\u0335\u0338\u0489a\u0335lgo",
    "a Markdown table": "| a | b |\n|---|---|\n| c | d |",
    "a Markdown link": "[click](https://evil.example)",
    "a Markdown image": "![x](https://evil.example/x.png)",
    "an HTML comment": "<!-- hidden -->",
    "a mention": "@everyone @octocat",
    "the end of a code block": "``` ",
    "the end of another code block": "\n~~~~\n# Heading",
    "a script": "<script>alert(1)</script>",
    "an event handler": '"><img src=x onerror=alert(1)>',
    "an entity": "&lt;b&gt;&#8238;",
    "a workflow command": "::error::owned",
    "a workflow command after words": "so many words that one of them begins a line ::set-output name=x::y ::stop-commands::z",
    "a workflow command behind spaces": " \xa0 ::add-mask::a",
    "an old workflow command": "x ##[error]owned",
    "a command to Azure's agent": "##vso[task.setvariable variable=x]y",
    "a command to TeamCity": "##teamcity[buildStop comment='x']",
    "a section of GitLab": "section_start:1:x\r\x1b[0K",
    "a formula": "=1+1",
    "a formula that opens a page": '=HYPERLINK("https://evil.example";"x")',
    "a formula with plus": "+1+1",
    "a formula with minus": "-1+1",
    "a formula with at": "@SUM(1)",
    "a formula after a tab": "\t=1",
    "a formula in full width": "\uff1d1",
    "a formula for another separator": "x;=1+1;y",
    "a formula for a comma": "x,=1+1,y",
    "DDE": "=cmd|' /C calc'!A0",
    "the end of a cell": 'a","b\r\n"c',
    "a format string": "{0.__class__} %(x)s %s {x}",
    "a very long name": "long" * 2500,
    "a very long word with a command in it": "x" * 9000 + " ::error::y",
}
"""By what it does."""

csv.field_size_limit(10**7)  # whoever expects another separator may find a cell as large as the table

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
ANYWHERE = re.compile(r"##\w*\[")
LINE_STARTS = ("::", "```", "~~~", "+ FORGED")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def judge_text(text: str) -> list[str]:
    """The lines of a text that could do harm, or that are far too long; told in ASCII."""
    return [ascii(line[:200]) for line in text.split("\n") if _harmful(line)]


def _harmful(line: str) -> bool:
    return (
        any(unicodedata.category(one) in UNSAFE for one in line)
        or NOTHING.search(line) is not None
        or ANYWHERE.search(line) is not None
        or line.strip().startswith(LINE_STARTS)
        or any(len(word) > 1000 for word in line.split())
    )


def judge_json(text: str) -> list[str]:
    """Lines of a JSON document that could do harm; raises where it is no JSON."""
    json.loads(text)
    return [
        ascii(line[:200])
        for line in text.split("\n")
        if any(unicodedata.category(one) in UNSAFE for one in line)
        or ANYWHERE.search(line)
        or line.strip().startswith(LINE_STARTS)
    ]


def judge_csv(raw: bytes, separator: str) -> list[str]:
    """Cells of a table that could do harm, in whatever language it is opened."""
    text = raw.decode("utf-8-sig")
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except csv.Error as error:
        return [str(error)]
    wrong = [] if len({len(row) for row in rows}) == 1 else ["rows of different lengths"]
    for other in ",;|\t":
        # as a spreadsheet does that expects another separator
        cells = [one for row in csv.reader(text.splitlines(keepends=True), delimiter=other) for one in row]
        wrong += [ascii(one[:100]) for one in cells if one.startswith(FORMULAS)]
    wrong += [
        ascii(line[:200])
        for line in text.split("\r\n")
        if any(unicodedata.category(one) in UNSAFE for one in line) or ANYWHERE.search(line)
    ]
    return wrong


def judge_github(text: str) -> list[str]:
    """Lines of a log that are more than an annotation, or that say what is unsafe to show."""
    annotation = re.compile("::(error|warning|notice)( [^:]*)?::(.*)")
    return [
        ascii(line[:200])
        for line in text.split("\n")[:-1]
        if (found := annotation.fullmatch(line)) is None
        or any(unicodedata.category(one) in UNSAFE for one in line)
        or ANYWHERE.search(line)
        or not re.fullmatch("( (file=[^,]*,line=[0-9]+,col=[0-9]+,)?title=[^,]*)?", found[2] or "")
        or judge_text(found[3].replace("%0A", "\n"))
    ]


def judge_xml(text: str) -> list[str]:
    """Texts and lines of an XML document that could do harm; raises where it is none."""
    texts = [said for one in ET.fromstring(text).iter() for said in (one.text or "", *one.attrib.values())]
    return [*judge_text(text.replace('">', '"> ')), *(bad for said in texts for bad in judge_text(said))]


def judge_xlsx(raw: bytes) -> list[str]:
    """Cells of a workbook that could do harm: no cell is a formula or a link, and each shows no more than it may."""
    wrong = []
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        for name in file.namelist():
            if "external" in name or "vba" in name:
                wrong.append(name)
            if name.startswith("xl/worksheets/"):
                sheet = file.read(name).decode()
                wrong += re.findall("<f>.{1,99}|hyperlink|externalReference", sheet)
                wrong += [kind for kind in re.findall(r'<c [^>]*t="(\w+)"', sheet) if kind != "inlineStr"]
    for rows in read_xlsx(raw, "x").values():
        cells = [one for row in rows for one in row]
        wrong += [ascii(one[:100]) for one in cells if any(unicodedata.category(c) in UNSAFE for c in one)]
        wrong += [ascii(one[:100]) for one in cells if NOTHING.search(one) or len(one) > 32_767]
    return wrong


def strings_in(value) -> set[str]:
    """Every text of a JSON document, names of fields included."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set(value) | {one for held in value.values() for one in strings_in(held)}
    return {one for held in value for one in strings_in(held)} if isinstance(value, list) else set()


def judge_html(text: str) -> list[str]:
    """What of a page is not the page's own: elements, attributes, comments and scripts that stem from a name."""
    judge = _Judge()
    judge.feed(text)
    judge.close()
    policy = judge.policy
    scripts = judge.inside["script"]
    # a page may do without: then none may run
    whole = len(judge.inside["style"]) == 1 and len(scripts) == (2 if "script-src" in policy else 0)
    inline = [judge.inside["style"][0], *scripts[1:]] if whole else []
    wrong = [*judge.wrong, *([] if inline else ["not one style, one block of data and one script"])]
    for part in inline:
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        if f"'sha256-{digest}'" not in policy:
            wrong.append("the policy does not name what runs")
    if not policy.startswith("default-src 'none'; style-src 'sha256-") or "unsafe" in policy or ":" in policy:
        wrong.append(f"the policy is {policy}")
    if scripts:
        json.loads(scripts[0])
    return wrong + [one for part in judge.texts for one in judge_text(part)]


ATTRIBUTES = {
    "id", "class", "lang", "hidden", "tabindex", "role", "scope", "type", "value", "autocomplete", "for", "href", "data-head",
    "aria-label", "aria-labelledby", "aria-pressed",
}  # fmt: skip
ELEMENTS = {
    *[
        "html",
        "head",
        "body",
        "title",
        "style",
        "script",
        "meta",
        "header",
        "main",
        "nav",
        "section",
        "div",
        "span",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "a",
        "pre",
        "code",
    ],
    *[
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "label",
        "input",
        "select",
        "option",
        "button",
    ],
}
WORDS = re.compile("[a-z0-9 /-]*")


class _Judge(HTMLParser):
    """Reads a page as a browser does, and tells of all that a plain page of ours has not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.texts: list[str] = []
        self.inside: dict[str, list[str]] = {"style": [], "script": []}
        self.policy = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag in self.inside:
            self.inside[tag].append("")
        if tag not in ELEMENTS or len(values) != len(attrs):
            self.wrong.append(f"<{tag}>")
        if tag != "meta":
            self.wrong += [f"{tag}: {name}" for name in values if name not in ATTRIBUTES]
        if not (values.get("href") or "#").startswith("#"):
            self.wrong.append(f"a link to {values['href']}")
        for name in ("id", "class", "type", "role", "href"):
            if not WORDS.fullmatch((values.get(name) or "").lstrip("#")):
                self.wrong.append(f"{name}={values[name]}")
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]][-1] += data
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data[:50]}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"an instruction: {data[:50]}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"a declaration: {data[:50]}")
