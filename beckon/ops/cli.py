"""The `beckon` command: finds the command asked for, makes ready what it needs, runs it.

Only the chosen command's module is imported, so that `beckon --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from beckon import config

NOTHING, DJANGO, DATABASE, SCRATCH = "nothing", "django", "database", "scratch"
"""What a command needs before it runs: nothing, Django's set-up, also a running, migrated database, or the same for
work in a scratch organization: there the tables are made where nothing was set up yet."""


@dataclass(frozen=True)
class Command:
    """A command's words, the module that runs it, one line of help, and what it needs."""

    words: tuple[str, ...]
    module: str
    help: str
    needs: str = DATABASE


COMMANDS: tuple[Command, ...] = (
    Command(
        ("init",),
        "installation.init",
        "make an empty installation ready: database, tables, organization, administrator",
        DJANGO,
    ),
    Command(
        ("demo",), "installation.demo", "load the sample practice, run fourteen weeks of outreach, serve it", DJANGO
    ),
    Command(("demo-clock",), "installation.demo_clock", "let the sample practice live; `beckon demo` starts it"),
    Command(("doctor",), "installation.doctor", "say what is wrong with this set-up and how to mend it", NOTHING),
    Command(("migrate",), "installation.migrate", "bring every organization's tables to this version", DJANGO),
    Command(("practice",), "installation.practice", "load locations, clinicians, visit types and senders from a file"),
    Command(("senders",), "installation.senders", "list the senders; set a paused one going again"),
    Command(("organizations",), "installation.organizations", "list the organizations of this installation"),
    Command(("users", "list"), "staff.users_list", "who works for a practice, and as what"),
    Command(("users", "add"), "staff.users_add", "make somebody a member, or give them another role"),
    Command(("users", "end"), "staff.users_end", "end a membership; callbacks are handed on"),
    Command(("users", "password"), "staff.users_password", "set a password, read from standard input"),
    Command(("users", "factors-off"), "staff.users_factors_off", "take off somebody's lost second factor"),
    Command(("policy", "show"), "policy.policy_show", "hours, caps and other limits of contact"),
    Command(("policy", "set"), "policy.policy_set", "change limits of contact; put on record"),
    Command(("worker",), "installation.worker", "run jobs and due work on the wall clock; start as many as you like"),
    Command(("web",), "installation.web", "serve the pages"),
    Command(("db", "start"), "installation.db_start", "start the embedded database", NOTHING),
    Command(("db", "stop"), "installation.db_stop", "stop the embedded database", NOTHING),
    Command(("db", "status"), "installation.db_status", "say whether the embedded database runs, and where", NOTHING),
    Command(("secret-key",), "installation.secret_key", "print a new secret key for BECKON_SECRET_KEY", NOTHING),
    Command(("import", "people"), "people.import_people", "take in a file of people"),
    Command(("import", "suppressions"), "people.import_suppressions", "take in a do-not-call or opt-out list"),
    Command(("person",), "people.person", "show one person: everything that happened, and why"),
    Command(("person", "merge"), "people.person_merge", "make two records of one person one"),
    Command(("person", "unmerge"), "people.person_unmerge", "take a merge back"),
    Command(("duplicates",), "people.duplicates", "records that agents found to be of one person"),
    Command(("reply",), "people.reply", "take in by hand what a person answered"),
    Command(("segment", "count"), "people.segment_count", "count the people a condition describes"),
    Command(("segment", "explain"), "people.segment_explain", "say clause by clause why a person is in or out"),
    Command(("segment", "save"), "people.segment_save", "keep a condition under a name"),
    Command(("segment", "list"), "people.segment_list", "the saved segments"),
    Command(("segment", "show"), "people.segment_show", "what a saved segment says, in words, in each version"),
    Command(("playbooks",), "campaigns.playbooks", "list and check the playbooks", DJANGO),
    Command(("campaign", "launch"), "campaigns.campaign_launch", "draft, cost, confirm and launch a campaign"),
    Command(
        ("campaign", "preview"), "campaigns.campaign_preview", "who would get what when, and who is left out and why"
    ),
    Command(("campaign", "status"), "campaigns.campaign_status", "a campaign's funnel; pause, resume, stop"),
    Command(("campaign", "why"), "campaigns.campaign_why", "why a person stands where they stand"),
    Command(("desk", "next"), "calls.desk_next", "serve the next best call to an agent"),
    Command(("desk", "dispose"), "calls.desk_dispose", "record the outcome of a call"),
    Command(("desk", "callbacks"), "calls.desk_callbacks", "the calls agents have promised; hand them on"),
    Command(("report", "weekly"), "results.report_weekly", "the week's report as PDF"),
    Command(("report", "funnel"), "results.report_funnel", "a campaign's figures on the screen"),
    Command(("rehearse",), "results.rehearse", "run a playbook on virtual people in a scratch organization", SCRATCH),
    Command(("bench",), "results.bench", "measure this machine against the speed goals", SCRATCH),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 refused or failed, 2 wrong words."""
    words = list(sys.argv[1:] if argv is None else argv)
    command, rest = _find(words)
    if command is None:
        return _usage(words)
    try:
        _make_ready(command.needs)
        module = import_module(f"beckon.ops.commands.{command.module}")
        return _run(command, module, rest)
    except KeyboardInterrupt:
        print("\nstopped; what was finished is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if _is_of_the_database(error) and os.environ.get("BECKON_LOG_LEVEL") != "DEBUG":
            # The first line only: what follows may quote the row.
            print(f"beckon: the database refused: {str(error).splitlines()[0]}", file=sys.stderr)
            print("beckon: nothing of this step was kept; BECKON_LOG_LEVEL=DEBUG shows where", file=sys.stderr)
            return 1
        if os.environ.get("BECKON_LOG_LEVEL") == "DEBUG" or not _is_meant_for_people(error):
            raise
        if isinstance(error, OSError):
            print(f"beckon: {error.filename}: {(error.strerror or 'cannot be used').lower()}", file=sys.stderr)
            return 1
        print(f"beckon: {error}", file=sys.stderr)
        return 1


def _find(words: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
    for length in (2, 1):
        for command in COMMANDS:
            if command.words == tuple(words[:length]):
                return command, words[length:]
    return None, words


def _usage(words: Sequence[str]) -> int:
    asked = not words or words[0] in ("-h", "--help", "help")
    out = sys.stdout if asked else sys.stderr
    known = [c for c in COMMANDS if words and c.words[0] == words[0]]
    if not asked and not known:
        print(f"beckon: there is no command {words[0]!r}\n", file=out)
    print("usage: beckon COMMAND [options]     beckon COMMAND --help tells more\n", file=out)
    for command in known or COMMANDS:
        print(f"  {' '.join(command.words):<22} {command.help}", file=out)
    return 0 if asked else 2


def _make_ready(needs: str) -> None:
    if needs == NOTHING:
        return
    if config.uses_embedded_database():
        from beckon.ops.database.server import ensure_running

        ensure_running(config.home(), tell=_tell)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beckon.settings")
    import django

    django.setup()
    if needs == DATABASE:
        from beckon.ops.migrations import refuse_unmigrated

        refuse_unmigrated()
    elif needs == SCRATCH:
        from beckon.ops.migrations import make_shared_tables_if_none

        make_shared_tables_if_none(_tell)


def _run(command: Command, module: ModuleType, rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="beckon " + " ".join(command.words), description=module.HELP)
    module.add_arguments(parser)
    run: Callable[[argparse.Namespace], int] = module.run
    return run(parser.parse_args(list(rest)))


def _is_meant_for_people(error: Exception) -> bool:
    """True for errors whose message says what to do: ours and the configuration's."""
    own = type(error).__module__.split(".")[0] == "beckon"
    return own or isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError)


def _is_of_the_database(error: Exception) -> bool:
    """True for errors of PostgreSQL and its drivers."""
    return type(error).__module__.split(".")[0] == "psycopg" or type(error).__module__ == "django.db.utils"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
