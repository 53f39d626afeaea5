"""The local store: SQLite file, migrations, backups. SQL stays here and in ``records``."""

from pmprb_desktop.store.database import Store
from pmprb_desktop.store.repository import Models, Repository

__all__ = ["Models", "Repository", "Store"]
