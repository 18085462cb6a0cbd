"""`reconciler bureau serve`: the bureau's API on a port."""

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
    from reconciler.bureau.settings import RateLimit
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "serve",
    cls=Command,
    help=N_(
        "Serve the bureaus of a database by the bureau API, until Ctrl-C.\n\n"
        "By default on this machine only, and with the rate limit that such APIs have."
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
) -> int:
    """Serve."""
    import gc

    from reconciler.bureau.serve import serve
    from reconciler.bureau.settings import Settings

    gc.enable()
    settings = Settings(rate_limit=_rate_limit(rate_limit, say))
    with open_store(database) as store:
        scheme = "https" if tls_certificate else "http"
        click.echo(
            say("Serving {path} at {url}; Ctrl-C stops it.", path=database, url=f"{scheme}://{host}:{port}"),
            err=True,
        )
        serve(store, settings, host=host, port=port, key=tls_key, certificate=tls_certificate)
    return Exit.OK


def _rate_limit(text: str, say: Catalogue) -> RateLimit | None:
    from reconciler.bureau.settings import RateLimit

    if text == "none":
        return None
    requests, _, seconds = text.partition("/")
    if not (requests.isdecimal() and seconds.isdecimal() and int(requests) and int(seconds)):
        raise click.UsageError(say("--rate-limit is REQUESTS/SECONDS, such as 25/5, or none"))
    return RateLimit(int(requests), int(seconds))
