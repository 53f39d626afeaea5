"""Power cuts: 20 kills at random moments lose nothing that was acknowledged."""

from pathlib import Path

from tests.e2e import kills


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    known = kills.run(tmp_path, kills=20, seed=36)
    assert known.kills == 20
    assert known.acknowledged > 100
    assert known.files
    assert len(known.answers) == len(kills.KEYS)
