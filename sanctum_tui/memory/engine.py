"""Opening the memory of all evenings, and closing it; the libraries behind it load when it is opened."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.errors import StorageError
from sanctum_tui.paths import reason, remedy

if TYPE_CHECKING:
    from sqlalchemy import URL

    from sanctum_tui.memory.evenings import Evenings
    from sanctum_tui.memory.people import PeopleQueries
    from sanctum_tui.memory.store import Store
    from sanctum_tui.memory.writer import ChatWriter


@dataclass(frozen=True, slots=True)
class Memory:
    """An open database: what may be asked of it, and the writer that stores chat."""

    evenings: "Evenings"
    people: "PeopleQueries"
    writer: "ChatWriter"
    store: "Store"

    async def close(self) -> None:
        """Store what waits, then let go of the database.

        Raises StorageError where lines that still wait cannot be stored; the database is let go of all the same.
        """
        try:
            await self.writer.close()
        finally:
            await self.store.close()


async def open_memory(url: str, *, lock_folder: Path | None) -> Memory:
    """Open the database at a SQLAlchemy URL (``sqlite+aiosqlite:///FILE``), made and migrated where it must be.

    `lock_folder` is where consoles that start together wait for the one that migrates; None where no other
    can be there. Raises StorageError, one sentence, where it cannot be opened, read and written: then
    nothing that was there has been overwritten. SQLAlchemy is imported in a thread, so a screen that is
    already there stays alive.
    """
    await asyncio.to_thread(_load)
    from sanctum_tui.memory.evenings import Evenings
    from sanctum_tui.memory.migrating import migrate
    from sanctum_tui.memory.people import PeopleQueries
    from sanctum_tui.memory.store import Store
    from sanctum_tui.memory.writer import ChatWriter

    address, where = understand(url)
    if address.get_backend_name() == "sqlite":
        _make_folder(address, where)
    try:
        store = Store(address, where)
    except ModuleNotFoundError as error:
        extra = "; install sanctum-tui[postgres], then try again" if error.name == "asyncpg" else ""
        raise StorageError(
            f"DATABASE_URL needs the Python package {error.name}, which is not here{extra}."
        ) from error
    try:
        await migrate(store, lock_folder)
        await store.try_writing()
    except BaseException:
        await store.close()
        raise
    writer = ChatWriter(store)
    people = PeopleQueries(store, writer.flush)
    return Memory(evenings=Evenings(store, writer), people=people, writer=writer, store=store)


def _load() -> None:
    """Import what opening needs; called in a thread."""
    import sanctum_tui.memory.evenings
    import sanctum_tui.memory.migrating
    import sanctum_tui.memory.people
    import sanctum_tui.memory.writer  # noqa: F401


def understand(text: str) -> "tuple[URL, str]":
    """The URL with our drivers, and the words to call the database by. Neither is shown with its password."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    advice = "write it as sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StorageError(f"DATABASE_URL cannot be read; {advice}.") from error
    match url.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            return url.set(drivername="sqlite+aiosqlite"), f"The database {url.database or 'in memory'}"
        case "postgres" | "postgresql" | "postgresql+asyncpg":
            url = url.set(drivername="postgresql+asyncpg")
            return url, f"The database {url.render_as_string(hide_password=True)}"
        case other:
            raise StorageError(f"DATABASE_URL names a database we do not know ({other}); {advice}.")


def _make_folder(url: "URL", where: str) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{where} cannot be made, because its folder cannot ({reason(error)}); "
            f"{remedy(error, 'choose another place with DATABASE_URL')}."
        ) from error
    if path.is_dir():
        raise StorageError(f"{where} is a folder; choose a file with DATABASE_URL.")
