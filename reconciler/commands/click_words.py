"""Click's own words that our commands can meet, marked so that the catalogue keeps them.

Click says them through gettext's global domain, which `language.speak` makes ours; a test holds each of
SAID and COUNTED against click's source. PLACEHOLDERS click does not translate, `help` does. The kinds of a
path ("file") are left out on purpose: click words them once for good, whatever the language is later.
"""

from __future__ import annotations

from reconciler.commands.language import N_


def count(one: str, many: str) -> tuple[str, str]:
    """Mark a text in two forms for the catalogue, as `N_` marks one."""
    return one, many


SAID = (
    N_("%(prog)s, version %(version)s"),
    N_("Choose from:\n\t{choices}"),
    N_("Commands"),
    N_("Couldn't detect Bash version, shell completion is not supported."),
    N_("Error: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("Missing option"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Options"),
    N_("Shell completion is not supported for Bash versions older than 4.4."),
    N_("Show this message and exit."),
    N_("Try '{command} {option}' for help."),
    N_("Usage:"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("{value!r} is not a valid boolean. Recognized values: {states}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
)
"""What click says in one form."""

COUNTED = (
    count("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    count("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    count("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    count("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""What click says in one form for one and in another for many."""

PLACEHOLDERS = (
    N_("ACCOUNT"),
    N_("ARGS"),
    N_("BRANCH"),
    N_("BUREAU"),
    N_("CLIENT"),
    N_("CLIENTS"),
    N_("COMMAND"),
    N_("COMMIT"),
    N_("CONSULTANT"),
    N_("DATE"),
    N_("DIRECTORY"),
    N_("FILE"),
    N_("FLOAT RANGE"),
    N_("FOLDER"),
    N_("INTEGER RANGE"),
    N_("NAME"),
    N_("OPERATOR"),
    N_("OPTIONS"),
    N_("PATH"),
    N_("PROGRAM"),
    N_("PROGRAMS"),
    N_("RUN"),
    N_("SECONDS"),
    N_("TEXT"),
    N_("VALUE"),
)
"""Words in capitals that stand for values in usage lines and help."""
