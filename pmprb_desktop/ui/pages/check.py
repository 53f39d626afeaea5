"""The check page."""

from pmprb_desktop.ui.pages.base import Page


class CheckPage(Page):
    """Placeholder."""
