"""Wiring only: a command when one is named, the window otherwise."""

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import NoReturn


def main() -> int:
    """``pmprb``: commands; without any it opens the window."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    _options, rest = _window_parser().parse_known_args(sys.argv[1:])
    if not rest:
        window()
    from pmprb_desktop.cli import run

    return run(sys.argv[1:])


def window() -> NoReturn:
    """``pmprb-desktop``: the window, with a file from the office if one is named."""
    options, rest = _window_parser().parse_known_args(sys.argv[1:])
    if options.language is not None:
        from pmprb_desktop import i18n

        i18n.use_language(options.language)
    from pmprb_desktop.ui.app import Options, run

    status = run(
        Options(
            data_dir=options.data_dir,
            quit_after_first_paint=options.quit_after_first_paint,
            quit_when_ready=options.quit_when_ready,
            open_file=Path(rest[0]) if rest else None,
        )
    )
    # The window is gone and everything is on disk: taking down a thousand modules one by one
    # would only keep the process, and a waiting shell, a tenth of a second longer.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--language")
    parser.add_argument("--quit-after-first-paint", action="store_true")
    parser.add_argument("--quit-when-ready", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
