"""Which files an evening uses: its database, its working dashboard, its ledgers, and the claim on it."""

import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from sanctum_tui.errors import BadInputError
from sanctum_tui.paths import Paths, shipped, unwritten
from sanctum_tui.settings import Settings


def database_url(settings: Settings, paths: Paths) -> str:
    """``DATABASE_URL``, or the file in the user's data folder."""
    return settings.database_url.reveal() or f"sqlite+aiosqlite:///{paths.database}"


@contextmanager
def throwaway_database() -> Iterator[str]:
    """A database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sanctum-", ignore_cleanup_errors=True) as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'evening.db'}"


def ledger_folder(settings: Settings, paths: Paths) -> Path:
    """``EXPORT_PATH``, or the user's documents."""
    return Path(settings.export_path).expanduser() if settings.export_path else paths.ledgers


def channel_of(log: Path) -> str:
    """What to call the channel of a log that does not say: after its file."""
    return re.sub(r"\W+", "-", log.stem.lower()).strip("-")[:40] or "replay"


def working_dashboard(
    log: Path | None, given: Path | None, settings: Settings, paths: Paths, *, editable: bool, channel: str
) -> Path:
    """The dashboard's file: the one given; else ``DASHBOARD_PATH``; else one beside the log; else one of our own.

    A live evening has no log; its own is named after its channel.

    A sample evening has its own, whatever the setting says. One beside the log is a sample or an archive, so a
    console works on a copy in the data folder; a copy that is there already has the operator's edits and is
    kept. Raises BadInputError for a file that was named and is not there.
    """
    if given is not None:
        if not given.is_file():
            raise BadInputError(f"There is no dashboard at {given}; check the path behind --dashboard.")
        return given
    if settings.dashboard_path and not (log is not None and _is_sample(log)):
        chosen = Path(settings.dashboard_path).expanduser()
        if not chosen.is_file():
            raise BadInputError(f"There is no dashboard at {chosen}; check DASHBOARD_PATH.")
        return chosen
    if log is None:
        return paths.dashboards / f"live-{_safe(channel)}.md"
    beside = log.parent / "dashboard.md"
    if not editable and beside.is_file():
        return beside
    copy = paths.dashboards / f"{log.parent.name if beside.is_file() else log.stem}.md"
    if editable and beside.is_file() and not copy.exists():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(beside, copy)
        except OSError as error:
            raise unwritten(copy, error, elsewhere="name another --dashboard") from None
    return copy


def _is_sample(log: Path) -> bool:
    return log.resolve().is_relative_to(Path(str(shipped("sample_dashboards"))))


def _safe(channel: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", channel.lower())[:40]


@asynccontextmanager
async def claim(paths: Paths, channel: str, *, live: bool) -> AsyncIterator[bool]:
    """Hold a channel, or its replays, for this process; False where another process holds them already."""
    try:
        paths.locks.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(paths.locks, error, done="made") from None
    kind = "live" if live else "replay"
    lock = FileLock(paths.locks / f"{kind}-{_safe(channel)}-{sha256(channel.encode()).hexdigest()[:8]}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise unwritten(Path(lock.lock_file), error) from None
    try:
        yield True
    finally:
        lock.release()
