"""The commands and their arguments."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from pmprb_desktop import NAME, __version__, i18n
from pmprb_desktop.cli import filling, packages, rubrics, workspaces
from pmprb_desktop.cli.output import Output, say, show, show_error
from pmprb_desktop.cli.parsing import Parser, word
from pmprb_desktop.errors import Cancelled, UsageError, UserError
from pmprb_desktop.i18n import _

Command = Callable[[argparse.Namespace], Output]


def _common() -> argparse.ArgumentParser:
    """Options that stand before or after the verb."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--data-dir", metavar="DIR", help=_("folder of the workspace"))
    common.add_argument("--json", action="store_true", help=_("one JSON document as output"))
    common.add_argument("--passphrase-file", metavar="FILE", help=_("file with the passphrase"))
    common.add_argument("--language", choices=i18n.LANGUAGES, help=_("language of messages"))
    return common


class _Verbs:
    """Adds verbs with the common options."""

    def __init__(self, parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
        self.common = common
        self.actions: Any = parser.add_subparsers(
            dest="verb", metavar=_("COMMAND"), parser_class=Parser, required=True
        )

    def add(self, name: str, command: Command | None, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self.actions.add_parser(
            name, parents=[self.common], help=text, description=text, allow_abbrev=False
        )
        if command is not None:
            parser.set_defaults(command=command)
        return parser

    def group(self, name: str, text: str) -> "_Verbs":
        parser = self.add(name, None, text)
        group = _Verbs.__new__(_Verbs)
        group.common = self.common
        group.actions = parser.add_subparsers(
            dest="action", metavar=_("ACTION"), parser_class=Parser, required=True
        )
        return group


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _common()
    parser = Parser(
        prog="pmprb",
        parents=[common],
        allow_abbrev=False,
        description=_("{name}: self-assessment of bureaucratic reform without internet.").format(
            name=NAME
        ),
    )
    parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    verbs = _Verbs(parser, common)
    _workspace_verbs(verbs)
    _rubric_verbs(verbs)
    _filling_verbs(verbs)
    _package_verbs(verbs)
    _other_verbs(verbs)
    return parser


def _workspace_verbs(verbs: _Verbs) -> None:
    init = verbs.add("init", workspaces.init, _("make a workspace and its key"))
    init.add_argument("--role", choices=("unit", "central"), required=True)
    init.add_argument("--unit-code", required=True, metavar="C", type=word)
    init.add_argument("--unit-name", required=True, metavar="N", type=word)
    init.add_argument("--person", metavar="N", type=word)
    init.add_argument("--nip", metavar="N")
    init.add_argument("--government", choices=("pemda", "kl"), default="pemda")
    init.add_argument("--p12", metavar="FILE")
    init.add_argument("--p12-password-file", metavar="FILE")

    identity = verbs.group("identity", _("the key of the unit"))
    show_ = identity.add("show", workspaces.identity_show, _("fingerprint and protection"))
    certificate = identity.add(
        "certificate", workspaces.identity_certificate, _("the certificate as PEM")
    )
    certificate.add_argument("-o", "--output", metavar="FILE")
    card = identity.add(
        "card", workspaces.identity_card, _("a signed card for taking the key in person")
    )
    card.add_argument("-o", "--output", metavar="DIR", required=True)
    export = identity.add("export", workspaces.identity_export, _("the key as PKCS#12"))
    export.add_argument("-o", "--output", metavar="FILE", required=True)
    export.add_argument("--password-file", metavar="FILE", required=True)
    restore = identity.add("restore", workspaces.identity_restore, _("take a PKCS#12 as the key"))
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--password-file", metavar="FILE")
    replace = identity.add("replace", workspaces.identity_replace, _("make a new key"))
    replace.add_argument("--reason", metavar="TEXT", type=word)
    replace.add_argument("--letter", metavar="FILE.pdf")
    replace.add_argument(
        "--rotation", metavar="DIR", help=_("the old key vouches for the new one, as a package")
    )
    replace.add_argument("--old-passphrase-file", metavar="FILE")
    phrase = identity.add("passphrase", workspaces.identity_passphrase, _("set or change it"))
    phrase.add_argument("--new-passphrase-file", metavar="FILE")
    phrase.add_argument("--remove", action="store_true")
    for parser in (show_, certificate, card, export, restore, replace, phrase):
        parser.add_argument("--unit", metavar="CODE")

    person = verbs.group("person", _("who fills and who signs"))
    add = person.add("add", workspaces.person_add, _("add a person"))
    add.add_argument("name", metavar="NAME", type=word)
    for name in ("nip", "rank", "position", "since", "until", "unit"):
        add.add_argument(f"--{name}", metavar=name.upper(), type=word)
    add.add_argument("--acting", choices=("Plt.", "Plh.", "a.n."))
    add.add_argument("--role", choices=("assessor", "unit_head", "coordinator"), default="assessor")
    add.add_argument("--fills", action="store_true", help=_("this person fills from now on"))
    person.add("list", workspaces.person_list, _("the people here"))


def _rubric_verbs(verbs: _Verbs) -> None:
    group = verbs.group("rubric", _("the instruments"))
    group.add("list", rubrics.rubric_list, _("the editions that are here"))
    show_ = group.add("show", rubrics.rubric_show, _("one edition with its items and inputs"))
    show_.add_argument("rubric", metavar="ID")
    check = group.add("check", rubrics.rubric_check, _("every fault of a rubric file"))
    check.add_argument("file", metavar="FILE")

    score = verbs.add("score", rubrics.score_file, _("score a file of answers"))
    score.add_argument("--rubric", required=True, metavar="ID_OR_FILE")
    score.add_argument("--answers", required=True, metavar="FILE")


def _filling_verbs(verbs: _Verbs) -> None:
    new = verbs.add("new", filling.new, _("start an assessment"))
    new.add_argument("--rubric", required=True, metavar="ID")
    new.add_argument("--year", required=True, type=int, metavar="Y")
    new.add_argument("--unit", metavar="CODE")

    answer = verbs.add("answer", filling.answer, _("answer an item"))
    answer.add_argument("assessment", metavar="A")
    answer.add_argument("code", metavar="CODE")
    answer.add_argument("value", metavar="VALUE", nargs="?", type=word)
    answer.add_argument("--note", metavar="T", type=word)
    answer.add_argument("--reason", metavar="T", type=word)
    answer.add_argument("--input", metavar="NAME=NUMBER", action="append", type=word)

    group = verbs.group("answers", _("files of answers"))
    take = group.add("import", filling.answers_import, _("take answers from CSV or JSON"))
    give = group.add("export", filling.answers_export, _("write answers as CSV or JSON"))
    for parser in (take, give):
        parser.add_argument("assessment", metavar="A")
        parser.add_argument("file", metavar="FILE")

    attach = verbs.add("attach", filling.attach, _("attach evidence"))
    attach.add_argument("assessment", metavar="A")
    attach.add_argument("code", metavar="CODE", nargs="?")
    attach.add_argument("files", metavar="FILE", nargs="*")
    attach.add_argument("--label", metavar="L", type=word)
    attach.add_argument("--link", metavar="URL", action="append")
    attach.add_argument("--folder", metavar="DIR")
    attach.add_argument("--dry-run", action="store_true")

    evidence = verbs.group("evidence", _("evidence of an assessment"))
    listing = evidence.add("list", filling.evidence_list, _("what is attached"))
    listing.add_argument("assessment", metavar="A")
    export = evidence.add("export", filling.evidence_export, _("write it as folders by code"))
    export.add_argument("assessment", metavar="A")
    export.add_argument("-o", "--output", metavar="DIR", required=True)

    status = verbs.add("status", filling.status, _("progress and score"))
    status.add_argument("assessment", metavar="A", nargs="?")
    check = verbs.add("check", filling.check, _("what is missing or odd"))
    check.add_argument("assessment", metavar="A")
    for name, text in (("undo", _("take back the last answer")), ("redo", _("put it again"))):
        verbs.add(name, filling.undo, text).add_argument("assessment", metavar="A")


def _package_verbs(verbs: _Verbs) -> None:
    for name, text in (("lock", _("freeze the entries")), ("unlock", _("open them again"))):
        verbs.add(name, packages.lock, text).add_argument("assessment", metavar="A")
    approve = verbs.add("approve", packages.approve, _("attach the scanned minutes"))
    approve.add_argument("assessment", metavar="A")
    approve.add_argument("files", metavar="FILE", nargs="+")

    seal = verbs.add("seal", packages.seal, _("seal the revision and write the package"))
    seal.add_argument("assessment", metavar="A")
    seal.add_argument("-o", "--output", metavar="DIR", required=True)
    seal.add_argument("--provisional", action="store_true")
    seal.add_argument("--approval", choices=("scan", "later"))
    export = verbs.add("export", packages.export, _("write the identical package again"))
    export.add_argument("assessment", metavar="A")
    export.add_argument("-o", "--output", metavar="DIR", required=True)

    verify = verbs.add("verify", packages.verify, _("every finding about a package"))
    verify.add_argument("package", metavar="PACKAGE")
    verify.add_argument("--trust", metavar="CERT", action="append")
    open_ = verbs.add("open", packages.open_file, _("take in a file from outside"))
    open_.add_argument("file", metavar="FILE")
    open_.add_argument("--trust", metavar="CERT", action="append")
    open_.add_argument("--any-key", action="store_true", help=_("whoever signed it"))
    trail = verbs.group("trail", _("the change trail"))
    trail.add("verify", packages.trail_verify, _("compute the chain again")).add_argument(
        "assessment", metavar="A"
    )


def _other_verbs(verbs: _Verbs) -> None:
    report = verbs.add("report", packages.report, _("write a report"))
    report.add_argument("assessment", metavar="A")
    report.add_argument("kind", choices=("summary", "minutes"))
    report.add_argument("-o", "--output", metavar="FILE", required=True)
    report.add_argument("--paper", choices=("A4", "F4"), default="A4")

    backup = verbs.add("backup", workspaces.backup, _("the whole workspace into a file"))
    backup.add_argument("-o", "--output", metavar="FILE", required=True)
    restore = verbs.add("restore", workspaces.restore, _("unpack a backup"))
    restore.add_argument("file", metavar="FILE")
    demo = verbs.add("demo", workspaces.demo, _("a practice workspace"))
    demo.add_argument("--headless", action="store_true", help=_("only make it, open no window"))
    verbs.add("self-check", workspaces.self_check, _("try everything in a temporary folder"))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit status."""
    _choose_language(arguments)
    try:
        status, parsed = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if parsed is None:
        return status
    if parsed.verb == "demo" and not parsed.headless:
        from pmprb_desktop.ui.app import Options
        from pmprb_desktop.ui.app import run as run_window

        return run_window(Options(data_dir=workspaces.demo_folder(parsed)))
    return status


def _run(arguments: Sequence[str]) -> tuple[int, argparse.Namespace | None]:
    """The exit status, and what was asked for when it was done."""
    as_json = "--json" in arguments
    try:
        parsed = build_parser().parse_args(arguments)
        as_json = getattr(parsed, "json", False)
        output = parsed.command(parsed)
    except SystemExit as stop:
        return (stop.code if isinstance(stop.code, int) else 2), None
    except UsageError as error:
        show_error(error, as_json=as_json)
        return 2, None
    except UserError as error:
        return show_error(error, as_json=as_json), None
    except (Cancelled, KeyboardInterrupt):
        say(_("Cancelled; nothing was changed."), error=True)
        return 1, None
    return show(output, as_json=as_json), parsed


def _choose_language(arguments: Sequence[str]) -> None:
    """Help texts are made with the parser, so the language has to be known before."""
    for at, given in enumerate(arguments):
        if given == "--language" and at + 1 < len(arguments):
            i18n.use_language(arguments[at + 1])
        elif given.startswith("--language="):
            i18n.use_language(given.partition("=")[2])
