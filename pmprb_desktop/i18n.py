"""Texts in the language of the screen: Indonesian unless English was chosen."""

import gettext as _gettext
import os
from typing import Final

from pmprb_desktop import paths

DOMAIN: Final = "pmprb_desktop"
LANGUAGES: Final = ("id", "en")
ENVIRONMENT: Final = "PMPRB_LANGUAGE"


def _translations(language: str) -> _gettext.NullTranslations:
    if language == "en":
        return _gettext.NullTranslations()
    return _gettext.translation(DOMAIN, paths.resources() / "locale", [language], fallback=True)


class _Current:
    """Holds the chosen language; texts are looked up at the moment they are shown."""

    def __init__(self) -> None:
        self.language = os.environ.get(ENVIRONMENT, "id")
        if self.language not in LANGUAGES:
            self.language = "id"
        self.translations = _translations(self.language)


_current = _Current()


def use_language(language: str) -> None:
    """Switch to ``id`` or ``en``; texts shown from now on are in it."""
    _current.language = language if language in LANGUAGES else "id"
    _current.translations = _translations(_current.language)


def language() -> str:
    """The language in use."""
    return _current.language


def _(message: str) -> str:
    return _current.translations.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of a text that fits ``count``."""
    return _current.translations.ngettext(singular, plural, count)
