"""Speed and memory, always as a ratio to a baseline of the same run.

``python -m tests.bench`` runs all of it, ``--smoke`` a small version that only has to work,
``--only NAME`` one bench. Figures go to standard output; RESULTS.md keeps the last full run.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import answering, packages, pages, startup

BENCHES: dict[str, Callable[[Path, bool], list[str]]] = {
    "startup": startup.run,
    "answering": answering.run,
    "pages": pages.run,
    "packages": packages.run,
}


def main() -> int:
    """Run the chosen benches and print their lines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", choices=sorted(BENCHES), action="append")
    arguments = parser.parse_args()
    for name in arguments.only or BENCHES:
        print(f"## {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="pmprb-bench-") as folder:
            for line in BENCHES[name](Path(folder), arguments.smoke):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
