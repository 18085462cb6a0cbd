"""`reconciler web`: pages over the YAML and the bureau, for this machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "web",
    cls=Command,
    help=N_(
        "Manage access in the browser: pages over the YAML and the bureau, until Ctrl-C.\n\n"
        "They are served on this machine alone, and everything is done with your token, which is in no page."
        " The link that is printed lets one browser in: it works once, for ten minutes. Enter prints another one."
    ),
)
@options.where
@options.option(
    "--port",
    env="RECONCILER_WEB_PORT",
    type=click.IntRange(0, 65535),
    default=8090,
    show_default=True,
    help=N_("Port to listen on; 0 for any."),
)
@options.option(
    "--open", "browse", env="RECONCILER_WEB_OPEN", is_flag=True, help=N_("Open the link in your browser.")
)
@options.language
@click.pass_obj
def command(say: Catalogue, /, port: int, browse: bool, **flags: Any) -> int:
    """Serve."""
    import gc

    from reconciler.commands.flags import where
    from reconciler.commands.signals import stoppable
    from reconciler.web.policy.desk import open_desk
    from reconciler.web.policy.serve import serve

    gc.enable()
    first = browse

    def tell(link: str) -> None:
        nonlocal first
        click.echo(say("Open this link, once and within ten minutes; Ctrl-C stops:"), err=True)
        click.echo(link, err=True)
        if first:
            _browse(link)
        first = False

    with stoppable(), open_desk(where(flags)) as desk:
        serve(desk, port=port, language=say.language, tell=tell)
    click.echo(say("Stopped."), err=True)
    return Exit.OK


def _browse(link: str) -> None:
    """Open a link. The browser is given a file that leads there: others here may see what a program is called with."""
    import threading
    import webbrowser
    from html import escape

    from reconciler.flow.files import write_secret
    from reconciler.flow.state import state_folder

    page = state_folder() / "open.html"
    write_secret(page, f'<meta http-equiv="refresh" content="0; url={escape(link)}">'.encode())
    # it may be one for terminals, which ends when its reader is done
    threading.Thread(target=webbrowser.open, args=(page.absolute().as_uri(),), daemon=True).start()
