"""The kills of ``tests/e2e`` as a longer run: ``python -m tests.bench.kills --kills 200``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.timing import timed
from tests.e2e import kills


def main() -> int:
    """Kill, look, and say what was seen; a loss ends the run with an AssertionError."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found: list[kills.Known] = []
    with tempfile.TemporaryDirectory(prefix="pmprb-kills-") as folder:
        seconds = timed(
            lambda: found.append(kills.run(Path(folder), arguments.kills, arguments.seed))
        )
    known = found[0]
    print(
        f"{known.kills} kills ({known.before_ready} before the workspace was open) in "
        f"{seconds:.0f} s: {known.acknowledged} acknowledged changes, {len(known.files)} files, "
        f"{known.discarded} half-written files cleared away, nothing lost"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
