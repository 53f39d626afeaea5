"""The few ZIP structures that the profile knows (APPNOTE 4.3), as ``struct`` layouts."""

import re
from struct import Struct
from typing import Final

LOCAL: Final = Struct("<IHHHHHIIIHH")
CENTRAL: Final = Struct("<IBBHHHHHIIIHHHHHII")
END: Final = Struct("<IHHHHIIH")
ZIP64_END: Final = Struct("<IQBBHIIQQQQ")
ZIP64_LOCATOR: Final = Struct("<IIQI")
EXTRA: Final = Struct("<HH")

LOCAL_SIGNATURE: Final = 0x04034B50
CENTRAL_SIGNATURE: Final = 0x02014B50
END_SIGNATURE: Final = 0x06054B50
ZIP64_END_SIGNATURE: Final = 0x06064B50
ZIP64_LOCATOR_SIGNATURE: Final = 0x07064B50

ZIP64_EXTRA: Final = 1
MAX16: Final = 0xFFFF
MAX32: Final = 0xFFFFFFFF
UTF8_FLAG: Final = 0x800
VERSION: Final = 20
ZIP64_VERSION: Final = 45
UNIX: Final = 3

MAX_DEPTH: Final = 4
MAX_NAME: Final = 200

_PART = rb"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?"
_DEVICE = rb"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.[^/]*)?(?:/|$)"
_NAME = re.compile(
    rb"(?:(?!"
    + _DEVICE
    + rb")"
    + _PART
    + rb"/){0,%d}" % (MAX_DEPTH - 1)
    + rb"(?!"
    + _DEVICE
    + rb")"
    + _PART
)


def is_legal_name(name: bytes) -> bool:
    """Whether a member may be called so: plain lower-case parts that every system can store.

    A part does not end in a dot (Windows drops it) and is no device (``con``, ``nul.txt``).
    """
    return len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None
