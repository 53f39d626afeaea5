"""What a file is comes from its bytes; programs never pass, whatever they are called."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmprb_desktop.evidence import FLAGS, flag_text, sniff
from pmprb_desktop.evidence.containers import list_ole, list_zip
from pmprb_desktop.evidence.sniff import Sniffed
from tests.evidence import evidence_samples as samples


def look(data: bytes, name: str = "x") -> Sniffed:
    """Sniff bytes."""
    return sniff(io.BytesIO(data), len(data), name)


@pytest.mark.parametrize(("name", "data", "media_type", "flags"), samples.ACCEPTED)
def test_every_kind_is_told_by_content(
    name: str, data: bytes, media_type: str, flags: tuple[str, ...]
) -> None:
    """Type and flags of more than forty kinds of file."""
    assert look(data, name) == Sniffed(media_type, flags)


def test_there_are_forty_kinds() -> None:
    """The table stays as broad as what units bring."""
    assert len(samples.ACCEPTED) >= 40


@pytest.mark.parametrize(("name", "data"), samples.REFUSED)
def test_programs_are_refused(name: str, data: bytes) -> None:
    """By content and by ending."""
    assert look(data, name).refused


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_has_words(flag: str) -> None:
    """Each flag can be explained to people."""
    assert flag_text(flag)


@given(st.binary(max_size=600), st.text(max_size=20))
def test_any_bytes_are_some_kind(data: bytes, name: str) -> None:
    """Nonsense never raises."""
    for start in (b"", b"PK\x03\x04", b"PK\x05\x06", bytes.fromhex("d0cf11e0a1b11ae1"), b"RIFF"):
        found = look(start + data, name)
        assert found.media_type
        assert set(found.flags) <= set(FLAGS)


@given(st.data())
def test_mutated_containers_never_raise(data: st.DataObject) -> None:
    """A few changed bytes in a ZIP or OLE2 file only change the answer."""
    whole = data.draw(
        st.sampled_from([samples.office("word/document.xml"), samples.ole("Workbook", "b")])
    )
    changed = bytearray(whole)
    for _step in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    assert look(bytes(changed)).media_type


def test_a_directory_that_runs_in_a_circle_ends() -> None:
    """An OLE2 chain that points to itself is read a bounded number of times."""
    data = samples.ole("Workbook", loop=True)
    found = list_ole(io.BytesIO(data), len(data))
    assert found is not None
    assert "Workbook" in found.names


def test_a_zip_with_a_comment_and_bytes_in_front_is_read() -> None:
    """The directory is found from the end."""
    data = b"x" * 99 + samples.archive({"a.txt": "a"}, comment=b"c" * 300)
    found = list_zip(io.BytesIO(data), len(data))
    assert found.names == ("a.txt",)
    assert found.complete


def test_a_zip64_directory_is_read() -> None:
    """Archives of more than 4 GiB keep their sizes elsewhere."""
    plain = samples.archive({"word/document.xml": "x", "[Content_Types].xml": "x"})
    end = plain.rindex(b"PK\x05\x06")
    count, length, start = struct.unpack_from("<HLL", plain, end + 10)
    record = struct.pack(
        "<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    tail = b"PK\x05\x06" + b"\0\0\0\0" + b"\xff" * 12 + b"\0\0"
    data = plain[:end] + record + locator + tail
    assert look(data).media_type == samples.DOCUMENT


def test_a_boundless_zip_directory_is_read_in_part() -> None:
    """What claims a gigantic directory is read a few megabytes deep and called damaged."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 9, 40, *[0] * 6) + b"n" * 40
    directory = entry * 120_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), 0, 0)
    data = b"PK\x03\x04" + directory + end
    found = list_zip(io.BytesIO(data), len(data))
    assert not found.complete
    assert len(found.names) <= 50_000
    assert "DAMAGED" in look(data).flags
