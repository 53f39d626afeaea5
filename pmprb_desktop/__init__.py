"""PMPRB Desktop: offline self-assessment of bureaucratic reform by signed packages."""

from datetime import UTC, datetime
from typing import Final

__version__ = "0.1.0"
NAME: Final = "PMPRB Desktop"
BUILD_DATE: Final = datetime(2026, 11, 24, tzinfo=UTC)
"""No unit key is made while the clock stands before this moment."""
