"""Qt's own words (menus of text fields, file and print dialogs) in our language."""

from functools import cache

from PySide6.QtCore import QCoreApplication, QTranslator

from pmprb_desktop.i18n import _, language


class QtTexts(QTranslator):
    """Qt ships no Indonesian; the words that people meet come from our own catalogue."""

    def translate(
        self,
        context: str,
        source: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """The word in our language; nothing where Qt's own may stand."""
        del context, disambiguation, n
        return _words(language()).get(source)  # type: ignore[return-value]  # null: Qt's own

    def isEmpty(self) -> bool:
        """There are words."""
        return False


def install(app: QCoreApplication) -> None:
    """Let Qt ask us for its words."""
    translator = QtTexts(app)
    app.installTranslator(translator)


@cache
def _words(_language: str) -> dict[str, str]:
    return {
        "&Undo": _("&Undo"),
        "&Redo": _("&Redo"),
        "Cu&t": _("Cu&t"),
        "&Copy": _("&Copy"),
        "&Paste": _("&Paste"),
        "Delete": _("Delete"),
        "Select All": _("Select All"),
        "OK": _("OK"),
        "Cancel": _("Cancel"),
        "&Cancel": _("&Cancel"),
        "&Open": _("&Open"),
        "&Save": _("&Save"),
        "&Choose": _("&Choose"),
        "Look in:": _("Look in:"),
        "File &name:": _("File &name:"),
        "Files of type:": _("Files of type:"),
        "Directory:": _("Folder:"),
        "All Files (*)": _("All files (*)"),
        "Name": _("Name"),
        "Size": _("Size"),
        "Type": _("Kind"),
        "Date Modified": _("Changed"),
        "Print": _("Print"),
        "&Print": _("&Print"),
        "Printer": _("Printer"),
        "&Name:": _("&Name:"),
        "Copies": _("Copies"),
        "Copies:": _("Copies:"),
        "Print all": _("Print all"),
        "Pages from": _("Pages from"),
        "Print range": _("Print range"),
        "&Options >>": _("&Options >>"),
    }
