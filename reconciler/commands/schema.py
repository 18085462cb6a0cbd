"""`reconciler schema`: the schema that makes an editor complete and check the YAML, with what the bureau really has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.flow.settings import Settings
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

_POLICY = "policy"


@click.command(
    "schema",
    cls=Command,
    help=N_(
        "Print the schema of the YAML, or of another file, for an editor.\n\n"
        "Titles and explanations are in the language of --lang. With --for-editor the bureau's own teams, tags,"
        " bundles, programs, consultants and clients stand in it, to be completed while somebody types; keep it"
        " where only those can read it who may know them, and make it anew when they have changed.\n\n"
        "To use it, let the YAML begin with: # yaml-language-server: $schema=../policy.schema.json"
    ),
)
@options.argument(
    "name", type=click.Choice(["policy", "config", "plan", "plan-file", "audit", "review"]), default=_POLICY
)
@options.option("--for-editor", is_flag=True, help=N_("With the bureau's own words; of policy only."))
@options.where
@options.register
@options.language
@click.pass_obj
def command(say: Catalogue, /, name: str, for_editor: bool, **flags: Any) -> int:
    """Read, translate and print."""
    from reconciler.formats.json import to_json
    from reconciler.formats.schema import in_language
    from reconciler.resources import resource

    if for_editor and name != _POLICY:
        raise click.UsageError(say("--for-editor goes with the schema policy"))
    schema = in_language(json.loads(resource(f"schemas/{name}.schema.json").read_text("utf-8")), say)
    if for_editor:
        from reconciler.commands.flags import where
        from reconciler.flow.settings import read_settings

        settings = read_settings(where(flags))
        schema = _offering(schema, settings, say, files=flags["register"] is not None)
    click.echo(to_json(schema), nl=False)
    return Exit.OK


def _register(settings: Settings, *, files: bool) -> Register:
    """The register of the backend; that in files where there is no backend, or they are named."""
    if files or settings.kind is None:
        from reconciler.register import read_register

        return read_register(settings.register)
    from reconciler.backends import open_backend
    from reconciler.flow.settings import backend_config

    with open_backend(backend_config(settings)) as backend:
        return backend.current().register


def _offering(
    schema: Mapping[str, Any], settings: Settings, say: Catalogue, *, files: bool
) -> dict[str, Any]:
    """The schema with what the bureau has."""
    from reconciler.adopt.offers import offers_of, with_offers
    from reconciler.desired import load

    policy = load(settings.policies)
    register = _register(settings, files=files)
    words = {
        "all": say("all that there are"),
        "each-team": say("one rule for every team"),
        "each-team.lead": say("whoever leads the team, in a rule for every team"),
        "team:self": say("the team's own clients, in a rule for every team"),
    }
    no_program = say("there is no such program in the bureau package")
    return with_offers(schema, offers_of(register, policy, say.label, words), no_program)
