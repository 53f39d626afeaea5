"""Strict DER: a reader that takes only the one allowed encoding, and a small writer.

Every element is checked on the way in (shortest lengths, sorted sets, whole primitives), so that
encoding the tree again would give the same bytes. Values stay bytes; nothing is guessed.
"""

import re
from collections.abc import Sequence
from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0
_MAX_DEPTH: Final = 32
_UTC_TIME = re.compile(rb"\d{12}Z")
_GENERALIZED_TIME = re.compile(rb"\d{14}Z")


class DerError(ValueError):
    """The bytes are not DER."""


class Node:
    """One element: ``tag`` byte, whole ``encoding``, ``content``, and children if constructed."""

    __slots__ = ("_content", "_data", "_end", "_start", "children", "tag")

    def __init__(
        self, data: bytes, start: int, content: int, end: int, children: list["Node"]
    ) -> None:
        self._data = data
        self.tag = data[start]
        self._start = start
        self._content = content
        self._end = end
        self.children = children

    @property
    def content(self) -> bytes:
        """The bytes inside."""
        return self._data[self._content : self._end]

    @property
    def encoding(self) -> bytes:
        """The bytes of the element with its tag and length."""
        return self._data[self._start : self._end]


def parse(data: bytes) -> Node:
    """Read exactly one element; raises DerError on anything that is not DER."""
    node, end = _element(data, 0, len(data), 0)
    if end != len(data):
        raise DerError("bytes after the end")
    return node


def _element(data: bytes, start: int, limit: int, depth: int) -> tuple[Node, int]:
    content, end = _bounds(data, start, limit)
    tag = data[start]
    children: list[Node] = []
    if tag & _CONSTRUCTED:
        if depth >= _MAX_DEPTH:
            raise DerError("nested too deep")
        if tag & _CLASS == 0 and tag not in (SEQUENCE, SET):
            raise DerError("a primitive in parts")
        position = content
        while position < end:
            child, position = _element(data, position, end, depth + 1)
            children.append(child)
        if tag == SET and not is_sorted(children):
            raise DerError("a set out of order")
    elif tag & _CLASS == 0:
        _primitive(tag, data, content, end)
    return Node(data, start, content, end, children), end


def _bounds(data: bytes, start: int, limit: int) -> tuple[int, int]:
    """Where the content of the element at ``start`` begins and ends."""
    if limit - start < 2:
        raise DerError("cut short")
    if data[start] & 0x1F == 0x1F or data[start] == 0:
        raise DerError("unknown tag")
    length = data[start + 1]
    content = start + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or limit - content < count:
            raise DerError("unknown length")
        length = int.from_bytes(data[content : content + count], "big")
        if length < 0x80 or length >> (8 * (count - 1)) == 0:
            raise DerError("length not in its shortest form")
        content += count
    if content + length > limit:
        raise DerError("cut short")
    return content, content + length


def is_sorted(nodes: Sequence[Node]) -> bool:
    """Whether the members of a SET OF stand in the order that DER asks for."""
    if len(nodes) < 2:
        return True
    encodings = [node.encoding for node in nodes]
    return encodings == sorted(encodings)


def _primitive(tag: int, data: bytes, start: int, end: int) -> None:
    size = end - start
    if tag in (INTEGER, ENUMERATED):
        good = size > 0 and not (
            size > 1
            and (
                (data[start] == 0 and data[start + 1] < 0x80)
                or (data[start] == 0xFF and data[start + 1] >= 0x80)
            )
        )
    elif tag == OID:
        good = _is_oid(data[start:end])
    elif tag == NULL:
        good = size == 0
    elif tag == BOOLEAN:
        good = size == 1 and data[start] in (0x00, 0xFF)
    elif tag == BIT_STRING:
        good = size > 0 and _is_bit_string(data[start:end])
    elif tag == UTC_TIME:
        good = _UTC_TIME.fullmatch(data, start, end) is not None
    elif tag == GENERALIZED_TIME:
        good = _GENERALIZED_TIME.fullmatch(data, start, end) is not None
    else:
        good = tag not in (SEQUENCE & ~_CONSTRUCTED, SET & ~_CONSTRUCTED)
    if not good:
        raise DerError("a value that is not DER")


def _is_oid(content: bytes) -> bool:
    if not content or content[-1] & 0x80:
        return False
    first = True
    for byte in content:
        if first and byte == 0x80:
            return False
        first = not byte & 0x80
    return True


def _is_bit_string(content: bytes) -> bool:
    unused = content[0]
    if unused > 7 or (unused and len(content) == 1):
        return False
    return not unused or content[-1] & ((1 << unused) - 1) == 0


def element(tag: int, *parts: bytes) -> bytes:
    """Encode one element around ``parts``."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """Encode a non-negative INTEGER."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER given as ``1.2.840``."""
    numbers = [int(part) for part in dotted.split(".")]
    content = bytearray()
    for number in (numbers[0] * 40 + numbers[1], *numbers[2:]):
        groups = [number & 0x7F]
        rest = number >> 7
        while rest:
            groups.append(0x80 | (rest & 0x7F))
            rest >>= 7
        content += bytes(reversed(groups))
    return element(OID, bytes(content))
