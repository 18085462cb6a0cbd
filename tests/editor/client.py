"""A small editor: speaks the language server protocol to yaml-language-server over its standard input and output."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

SERVER = Path(__file__).parent / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"

PATIENCE = 60
"""Seconds that an answer may take on a busy machine."""

SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    },
    "http": {"proxy": "", "proxyStrictSSL": False},
    "[yaml]": {"editor.tabSize": 2},
}


def is_installed() -> bool:
    return SERVER.exists() and shutil.which("node") is not None


class Editor:
    """One editor window, with one file in it at a time; `|` in the text is where the cursor stands."""

    def __init__(self, folder: Path, schema: Path) -> None:
        self.folder, self.schema = folder, schema
        self.process = subprocess.Popen(
            ["node", str(SERVER), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.number = self.files = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True}},
                "hover": {"contentFormat": ["markdown", "plaintext"]},
            },
            "workspace": {"configuration": True},
        }
        self.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities=capabilities)
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=SETTINGS)

    def close(self) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()

    def complete(self, text: str) -> dict[str, dict[str, Any]]:
        """What is offered at the cursor, by its label."""
        uri, position = self._open(text)
        answer = self.ask("textDocument/completion", textDocument={"uri": uri}, position=position)
        return {item["label"]: item for item in answer["items"]}

    def hover(self, text: str) -> str:
        """What is shown over the cursor."""
        uri, position = self._open(text)
        answer = self.ask("textDocument/hover", textDocument={"uri": uri}, position=position)
        contents = answer["contents"] if answer else ""
        return contents["value"] if isinstance(contents, dict) else contents

    def problems(self, text: str) -> list[str]:
        """What is marked, as line: message."""
        uri, _ = self._open(text)
        while uri not in self.diagnostics:
            self._handle(self.answers.get(timeout=PATIENCE))
        return [f"{one['range']['start']['line'] + 1}: {one['message']}" for one in self.diagnostics[uri]]

    def _open(self, text: str) -> tuple[str, dict[str, int]]:
        before, _, after = text.partition("|")
        self.files += 1
        uri = (self.folder / f"file{self.files}.yaml").as_uri()
        content = f"# yaml-language-server: $schema={self.schema.as_uri()}\n{before}{after}"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": content}
        self.tell("textDocument/didOpen", textDocument=document)
        line = before.count("\n") + 1
        return uri, {"line": line, "character": len(before) - before.rfind("\n") - 1}

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        number = self.number
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self.answers.get(timeout=PATIENCE)
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def tell(self, method: str, **params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _handle(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "workspace/configuration":
                found = [SETTINGS.get(item["section"]) for item in message["params"]["items"]]
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": found})
            case "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            case _ if "id" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self.process.stdin.flush()

    def _read(self) -> None:
        while header := self.process.stdout.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                header = self.process.stdout.readline()
            self.answers.put(json.loads(self.process.stdout.read(length)))
