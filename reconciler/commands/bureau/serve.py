"""`reconciler bureau serve`: the bureau's API and its pages on a port."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands.bureau.database import database, open_store
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import language, option
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.bureau.serve import Make
    from reconciler.bureau.settings import RateLimit
    from reconciler.formats.catalogue import Catalogue

_EVERY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what it means is known here
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@click.command(
    "serve",
    cls=Command,
    help=N_(
        "Serve the bureaus of a database until Ctrl-C: the bureau API, and pages to manage access in a browser.\n\n"
        "By default on this machine only, and with the rate limit that such APIs have. Operators sign in at the pages"
        " with their token. They are in the browser's language, or else in that of --lang."
    ),
)
@database
@option("--host", default="127.0.0.1", show_default=True, help=N_("Address to listen on."))
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help=N_("Port to listen on; 0 for any."),
)
@option(
    "--rate-limit",
    default="25/5",
    show_default=True,
    help=N_("Requests per seconds for each operator, or none."),
)
@option(
    "--tls-certificate",
    type=click.Path(path_type=Path, exists=True),
    help=N_("Certificate with its chain, in PEM; then the API speaks https."),
)
@option(
    "--tls-key",
    type=click.Path(path_type=Path, exists=True),
    help=N_("Private key of the certificate, in PEM."),
)
@option(
    "--hostname",
    "hostnames",
    multiple=True,
    help=N_("Name under which browsers reach the pages, beside this machine's own; may be repeated."),
)
@option("--no-pages", is_flag=True, help=N_("Serve the API alone."))
@language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    database: Path,
    host: str,
    port: int,
    rate_limit: str,
    tls_certificate: Path | None,
    tls_key: Path | None,
    hostnames: tuple[str, ...],
    no_pages: bool,
) -> int:
    """Serve."""
    import gc

    from reconciler.bureau.serve import serve
    from reconciler.bureau.settings import Settings

    if no_pages and hostnames:
        raise click.UsageError(say("--hostname is for the pages, and --no-pages leaves them out"))
    if any(set(name) & set("/:@ ") for name in hostnames):
        raise click.UsageError(
            say("--hostname is a name alone, such as access.byran.example, without a port")
        )
    gc.enable()
    settings = Settings(rate_limit=_rate_limit(rate_limit, say))
    scheme = "https" if tls_certificate else "http"
    name = hostnames[0] if hostnames else _reached(host)

    def ready(port: int) -> None:
        url = f"{scheme}://{name}:{port}"
        click.echo(say("Serving {path} at {url}; Ctrl-C stops it.", path=database, url=url), err=True)
        if not no_pages:
            click.echo(say("Manage access in a browser: {url}", url=f"{url}/"), err=True)
            if not tls_certificate and host not in _HERE:
                text = say("Tokens travel unencrypted there: use --tls-certificate and --tls-key.")
                click.echo(text, err=True)

    with open_store(database) as store:
        serve(
            store,
            settings,
            host=host,
            port=port,
            key=tls_key,
            certificate=tls_certificate,
            make=_maker(host, hostnames, say.language, pages=not no_pages),
            ready=ready,
        )
    return Exit.OK


def _maker(host: str, hostnames: tuple[str, ...], language: str, *, pages: bool) -> Make:
    """What makes the application."""
    if not pages:
        from reconciler.bureau.app import create_app

        return create_app
    from functools import partial

    from reconciler.web.bureau.app import create_site
    from reconciler.web.guard import LOOPBACK

    return partial(create_site, hosts=LOOPBACK | {host, *hostnames} - _EVERY, language=language)


def _reached(host: str) -> str:
    """How a browser on this machine names the address that is listened on."""
    if host in _EVERY:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _rate_limit(text: str, say: Catalogue) -> RateLimit | None:
    from reconciler.bureau.settings import RateLimit

    if text == "none":
        return None
    requests, _, seconds = text.partition("/")
    if not (requests.isdecimal() and seconds.isdecimal() and int(requests) and int(seconds)):
        raise click.UsageError(say("--rate-limit is REQUESTS/SECONDS, such as 25/5, or none"))
    return RateLimit(int(requests), int(seconds))
