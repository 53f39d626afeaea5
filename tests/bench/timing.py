"""Small helpers for the benches."""

import statistics
import time
from collections.abc import Callable, Sequence


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each piece of work, run in turn so that a noisy machine hits all."""
    samples: list[list[float]] = [[] for _work in works]
    for _round in range(rounds):
        for number, work in enumerate(works):
            samples[number].append(timed(work))
    return [statistics.median(entry) for entry in samples]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
