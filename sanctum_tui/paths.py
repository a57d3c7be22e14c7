"""Where files are: the user's own folders, and what the package ships."""

import errno
import os
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sanctum_tui.errors import StorageError

HOME_VARIABLE = "SANCTUM_HOME"
"""One folder that holds everything, instead of the platform's own places (for tests, and for a USB stick)."""


_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user. None of them is made before something is written to it."""

    config: Path
    data: Path
    state: Path
    ledgers: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def env_file(self) -> Path:
        return self.config / ".env"

    @property
    def database(self) -> Path:
        return self.data / "sanctum.db"

    @property
    def dashboards(self) -> Path:
        """Dashboards the operator writes, one markdown file an evening."""
        return self.data / "dashboards"

    @property
    def log_file(self) -> Path:
        return self.state / "sanctum.log"

    @property
    def tokens_file(self) -> Path:
        """The tokens that Twitch gave us, readable by this user alone."""
        return self.state / "twitch-tokens.json"

    @property
    def locks(self) -> Path:
        return self.state / "locks"


def user_paths() -> Paths:
    """The folders for the user who runs us: ``SANCTUM_HOME`` if set, else what the platform prescribes."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(root / "config", root / "data", root / "state", root / "ledgers")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("sanctum-tui", appauthor=False)
    return Paths(
        config=dirs.user_config_path,
        data=dirs.user_data_path,
        state=dirs.user_state_path,
        ledgers=dirs.user_documents_path / "Sanctum Ledgers",
    )


def shipped(name: str) -> Traversable:
    """A folder that comes with us (``themes``, ``sample_dashboards``): in the wheel, or in a checkout."""
    packaged = files("sanctum_tui") / "_data" / name
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parent.parent / name


def unwritten(path: Path, error: OSError, *, done: str = "written", elsewhere: str = "") -> StorageError:
    """What to raise where something could not be written there, or `done` otherwise: what happened, what helps."""
    return StorageError(f"{path} could not be {done} ({reason(error)}); {remedy(error, elsewhere)}.")


def reason(error: OSError) -> str:
    """What the system said, in its own words."""
    return error.strerror or str(error)


def remedy(error: OSError, elsewhere: str = "") -> str:
    """What helps where a place could not be written to; `elsewhere` is how one chooses another."""
    elsewhere = elsewhere or f"set {HOME_VARIABLE} to another folder"
    if error.errno in _NOT_ALLOWED:
        return f"let this user write there, or {elsewhere}"
    return f"free some space there, or {elsewhere}" if error.errno in _NO_SPACE else elsewhere


def write_atomically(path: Path, text: str | bytes, *, private: bool = False) -> None:
    """Replace a file's whole content so that a reader, or a crash, meets the old one or the new one.

    Raises StorageError, with the old file untouched, when it cannot be written (a full disk, a folder that
    may not be written to). A `private` file is for this user's eyes alone, whatever mode it had.
    """
    content = text.encode("utf-8") if isinstance(text, str) else text
    temporary: str | None = None
    # Behind a link stands the file that is meant; the link itself stays one.
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes 0600; a ledger is an ordinary document, so it keeps the mode it had or the usual one.
        if not private:
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise unwritten(path, error, elsewhere="choose another folder") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
