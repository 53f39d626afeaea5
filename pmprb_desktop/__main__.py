"""Wiring only: a command when one is named, the window otherwise."""

import logging
import sys


def main() -> int:
    """``pmprb``: commands; without any it opens the window."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = sys.argv[1:]
    if not arguments or not _is_command(arguments):
        return window()
    from pmprb_desktop.cli import run

    return run(arguments)


def _is_command(arguments: list[str]) -> bool:
    """Whether a verb (or a wish for help) is among the arguments, and not only window options."""
    known = {"--quit-after-first-paint", "--quit-when-ready", "--data-dir", "--language"}
    rest = list(arguments)
    while rest:
        name = rest.pop(0).partition("=")
        if name[0] not in known:
            return True
        if name[0] in ("--data-dir", "--language") and not name[1] and rest:
            rest.pop(0)
    return False


def window() -> int:
    """``pmprb-desktop``: the window."""
    from pmprb_desktop.ui.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
