"""Runs revisions on one SQLite file, all of them in one transaction."""

import sqlite3
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, pool

from pmprb_desktop import records  # noqa: F401  (fills the metadata)


def run() -> None:
    """Upgrade the file named by ``sqlalchemy.url``."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    engine = create_engine(url, poolclass=pool.NullPool)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        context.configure(connection=connection, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
