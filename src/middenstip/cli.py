# SPDX-License-Identifier: EUPL-1.2
"""The command `middenstip`: one table of commands, each loaded only when it is asked for.

To add a command, add one line to COMMANDS. Its target is a Typer application or a function with
Typer annotations. Nothing heavy is imported here: `middenstip assess` must answer at once.

Exit status: 0 done, 1 done and problems found, 2 wrong use or bad input (one line per problem
on standard error, no traceback), 130 stopped from the keyboard.
"""

import os
import sys
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import typer


@dataclass(frozen=True, slots=True)
class Command:
    """One command: where it is, what it does, and the database role it runs with.

    role `none` needs no Django and no database; `app` is the program's narrow role, `worker`
    may derive every case and knows no names, `owner` may migrate.
    """

    target: str
    help: str
    role: Literal["none", "app", "worker", "owner"] = "none"


COMMANDS: dict[str, Command] = {
    "assess": Command("middenstip.rules.command:assess", "What applies to a person, and why"),
    "pack": Command("middenstip.rules.pack_command:app", "Check and keep a country pack"),
    "demo": Command("middenstip.demo.command:app", "Start or fill the demo", "owner"),
    "import": Command("middenstip.intake.command:import_file", "Read notifications", "app"),
    "thread": Command(
        "middenstip.thread.command:app", "Rebuild or check what is derived", "worker"
    ),
    "tokens": Command(
        "middenstip.thread.found_by:tokens", "Make anew what persons are found by", "owner"
    ),
    "access": Command("middenstip.access.command:app", "Organisations and members", "app"),
    "serve": Command("middenstip.serve:serve", "Serve the web pages", "app"),
    "worker": Command("middenstip.jobs.command:worker", "Do background work", "worker"),
    "audit": Command("middenstip.audit.command:app", "Check or export the read log", "worker"),
    "vault": Command("middenstip.vault.command:app", "The keys of the vault", "app"),
    "blindcheck": Command(
        "middenstip.blindcheck.command:app", "Make the codes of the blind check anew", "owner"
    ),
    "api": Command("middenstip.api.command:describe", "Print what the API offers", "app"),
    "db": Command("middenstip.database.command:app", "The embedded database, and dumps"),
    "guide": Command("middenstip.guide.command:app", "The public guide as files"),
    "linkage": Command(
        "middenstip.linkage.command:app", "Files of one person: search, learn", "app"
    ),
    "match": Command("middenstip.matching.command:app", "Find records that may be one person"),
    "messages": Command("middenstip.messages:app", "Compile or check the translations"),
    "manage": Command("middenstip.manage:manage", "Django's own commands", "owner"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit status."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; writes problems to standard error."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in {"", "-h", "--help", "help"}:
        print(overview())
        return 0 if name else 2
    if name == "--version":
        from importlib.metadata import version

        print(f"middenstip {version('middenstip')}")
        return 0
    command = COMMANDS.get(name)
    if command is None:
        return _problem(f"there is no command {name!r}{_nearest(name)}; see: middenstip --help")
    return _guarded(lambda: _execute(name, command, rest))


def overview() -> str:
    """Return the list of commands, one line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: middenstip COMMAND ...",
            "",
            *lines,
            "",
            "middenstip COMMAND --help tells more.",
        ]
    )


def settings_module(environ: MutableMapping[str, str]) -> str:
    """Return the settings to run with when nobody named them.

    The demo switch means the demo; a named database server means production (which fails closed
    on what is missing); otherwise development on the embedded database.
    """
    if named := environ.get("DJANGO_SETTINGS_MODULE"):
        return named
    if environ.get("MIDDENSTIP_DEMO", "").strip().lower() not in {"", "0", "false", "no"}:
        return "middenstip.settings.demo"
    if environ.get("DATABASE_URL", "").strip():
        return "middenstip.settings.production"
    return "middenstip.settings.development"


def _execute(name: str, command: Command, rest: list[str]) -> int:
    if command.role != "none":
        _set_up_django(command.role)
    module, _, attribute = command.target.partition(":")
    target = getattr(import_module(module), attribute)
    application = _as_application(target)
    status = application(rest, prog_name=f"middenstip {name}", standalone_mode=False)
    return status if isinstance(status, int) else 0


def _set_up_django(role: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module(os.environ)
    os.environ.setdefault("MIDDENSTIP_DB_ROLE", role)
    from middenstip import database

    database.ensure(os.environ)
    import django

    django.setup()


def _as_application(target: "Callable[..., object] | typer.Typer") -> "typer.Typer":
    import typer

    if isinstance(target, typer.Typer):
        return target
    application = typer.Typer(add_completion=False, rich_markup_mode=None)
    raw = getattr(target, "takes_everything", False)
    context = {"ignore_unknown_options": True, "help_option_names": []} if raw else None
    application.command(context_settings=context)(target)
    return application


def _guarded(work: Callable[[], int]) -> int:
    """Turn every expected failure into one line and an exit status."""
    import typer

    try:
        return work()
    except typer.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except typer.TyperException as error:
        return _problem(
            error.format_message() if hasattr(error, "format_message") else str(error)
        )
    except BrokenPipeError:
        # The reader of our output left (`| head`): nothing is wrong, nothing can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if (line := _expected(error)) is None:
            raise
        return _problem(line)


def _expected(error: Exception) -> str | None:
    """Return the line for a failure that is not a fault of the program, None for a fault."""
    name = f"{type(error).__module__}.{type(error).__name__}"
    if name in {
        "django.core.exceptions.ImproperlyConfigured",
        "django.core.exceptions.PermissionDenied",
        "middenstip.database.embedded.DatabaseProblem",
        "django.db.utils.NotSupportedError",
    }:
        return str(error)
    if name.startswith("middenstip.vault.errors."):
        return str(error)
    if name == "django.core.exceptions.ValidationError":
        if hasattr(error, "error_dict"):
            fields: dict[str, list[str]] = getattr(error, "message_dict", {})
            return "\n".join(f"{field}: {' '.join(said)}" for field, said in fields.items())
        return "\n".join(getattr(error, "messages", [str(error)]))
    if type(error.__cause__).__name__ == "InsufficientPrivilege":
        said = str(error).strip().splitlines()[0]
        return f"this login of the database may not do that: {said}; migrate as the owner"
    if name == "django.db.utils.OperationalError":
        return f"the database does not answer: {str(error).strip().splitlines()[0]}"
    return None


def _problem(text: str) -> int:
    for line in text.splitlines() or [""]:
        print(f"middenstip: {line}", file=sys.stderr)
    return 2


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
