"""The parser of the command line, which speaks the language of the screen."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from pmprb_desktop.cli.output import visible
from pmprb_desktop.errors import UsageError
from pmprb_desktop.i18n import _


class _Help(argparse.HelpFormatter):
    """The usage begins with a word of our own."""

    def add_usage(self, *args: Any, **options: Any) -> None:
        """As in the base class, which has an English word there."""
        given = args[3] if len(args) > 3 else options.get("prefix")
        prefix = _("Usage: ") if given is None else given
        super().add_usage(*args[:3], **{**options, "prefix": prefix})


class Parser(argparse.ArgumentParser):
    """Says in the user's language what was wrong, and leaves with 2."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Help, **options, "add_help": False})
        if options.get("add_help", True):
            self.add_argument("-h", "--help", action="help", help=_("show this help and leave"))
        self._positionals.title = _("what it takes")
        self._optionals.title = _("options")
        self._mixing = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Options may stand anywhere among what a verb takes."""
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing, usage = True, self.usage
        formatter = self._get_formatter()
        formatter.add_usage(usage, self._actions, self._mutually_exclusive_groups, prefix="")
        self.usage = formatter.format_help().strip()  # else the base class cuts off its own word
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing, self.usage = False, usage

    def error(self, message: str) -> NoReturn:
        """Usage errors end the program."""
        usage = visible(" ".join(self.format_usage().split()))
        raise UsageError(
            "USAGE",
            _("Wrong use: {message}").format(message=translated(message)),
            next_step=usage,
        )


def translated(message: str) -> str:
    """A sentence of the parser that a person understands; an unknown one stays as it is."""
    for pattern, words in _known():
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return words.format(**found.groupdict())
    return message


_NAMED: Final = r"argument (?P<name>[^:]+): "


def _known() -> tuple[tuple[str, str], ...]:
    return (
        (r"the following arguments are required: (?P<names>.*)", _("missing: {names}")),
        (r"unrecognized arguments: (?P<names>.*)", _("not understood: {names}")),
        (_NAMED + r"expected one argument", _("{name} needs a value")),
        (_NAMED + r"expected at least one argument", _("{name} needs at least one value")),
        (_NAMED + r"expected \d+ arguments?", _("{name} needs a value")),
        (_NAMED + r"ignored explicit argument (?P<value>.*)", _("{name} takes no value")),
        (
            _NAMED + r"invalid choice: (?P<value>.*?) \(choose from (?P<choices>.*)\)",
            _("{name}: {value} is not one of {choices}"),
        ),
        (_NAMED + r"invalid int value: (?P<value>.*)", _("{name}: {value} is no whole number")),
        (
            _NAMED + r"not allowed with argument (?P<value>.*)",
            _("{name} and {value} exclude each other"),
        ),
        (_NAMED + r"(?P<value>.*)", "{name}: {value}"),
    )


def word(text: str) -> str:
    """Type of an argument that is text to keep: bytes that are no Unicode are refused."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise argparse.ArgumentTypeError(_("the text is not in UTF-8"))
    return text
