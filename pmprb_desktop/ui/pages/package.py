"""The package page."""

from pmprb_desktop.ui.pages.base import Page


class PackagePage(Page):
    """Placeholder."""
