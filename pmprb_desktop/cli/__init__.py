"""The command line: one function per command, each of which calls one verb and says the result."""

from pmprb_desktop.cli.commands import run

__all__ = ["run"]
