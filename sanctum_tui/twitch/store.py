"""Our own file of tokens: for this user's eyes alone, whole or not at all, and one process at a time."""

import asyncio
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from sanctum_tui.errors import BadInputError, SanctumError, StorageError
from sanctum_tui.paths import Paths, unwritten, write_atomically
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Secret, Settings
from sanctum_tui.twitch.errors import UnreachableError
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.values import Grant

log = logging.getLogger(__name__)

_VERSION = 1
_PRIVATE = 0o600
_LOCK_SECONDS = 45.0
"""How long another process may hold the lock: it asks Twitch under it, twice at the most."""
_LOCK_POLL_SECONDS = 0.05
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class EnvironmentTokens:
    """What ``TWITCH_ACCESS_TOKEN`` and ``TWITCH_REFRESH_TOKEN`` hold, without ``oauth:`` and blanks."""

    access: Secret
    refresh: Secret


@dataclass(frozen=True, slots=True)
class Standing:
    """What is used in place of certain tokens from the environment, which cannot be changed from here."""

    mark: str
    """A salted hash that tells those tokens again."""
    grant: Grant | None
    """What they were traded for; None where they are spent: refused, logged out, or a later login stands in."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the file holds."""

    grants: Mapping[Role, Grant] = field(default_factory=dict)
    standing: Standing | None = None
    salt: str = ""


class TokenStore:
    """The tokens that Twitch gave us, in a file of mode 0600.

    A file that is not ours, or broken, is told of and left where it is; only saving moves it aside.
    """

    def __init__(self, path: Path, lock_folder: Path) -> None:
        self.path = path
        self._lock_folder = lock_folder

    def load(self) -> Stored:
        """What is stored; nothing where there is no file yet.

        Raises BadInputError for a file that is not ours or broken, StorageError for one that cannot be read.
        """
        try:
            self._narrow()
            content = self.path.read_bytes()
        except FileNotFoundError:
            return Stored()
        except OSError as error:
            raise StorageError(
                f"{self.path} could not be read ({error.strerror}); make it readable for you, then try again."
            ) from None
        try:
            file = msgspec.json.decode(content, type=_File, dec_hook=_decoded)
            if file.version != _VERSION:
                raise ValueError
        except (ValueError, RecursionError):
            raise BadInputError(
                f"{self.path} is not a file of tokens that this version can read; it is left as it is. "
                "`sanctum-tui login` moves it aside and makes a new one."
            ) from None
        standing = file.standing
        for grant in (*file.grants.values(), *((standing.grant,) if standing and standing.grant else ())):
            REDACTOR.learn(grant.access.reveal(), grant.refresh.reveal())
        return Stored(file.grants, standing, file.salt)

    def standing(self, tokens: EnvironmentTokens, stored: Stored) -> Standing | None:
        """What is used in place of these tokens, or None where they are to be used themselves."""
        standing = stored.standing
        return standing if standing and stored.salt and standing.mark == _mark(tokens, stored.salt) else None

    def save(self, role: Role, grant: Grant) -> None:
        """Keep what an account granted. Raises StorageError, with nothing changed, where it cannot be written."""
        stored = self._load_to_change()
        self._write(Stored({**stored.grants, role: grant}, stored.standing, stored.salt))

    def stand_in(self, tokens: EnvironmentTokens, grant: Grant | None) -> None:
        """Use this grant from now on in place of tokens from the environment; None: use them no longer."""
        stored = self._load_to_change()
        salt = stored.salt or secrets.token_hex(16)
        self._write(Stored(stored.grants, Standing(_mark(tokens, salt), grant), salt))

    def forget(self, role: Role) -> None:
        """Take a grant out of the file. Raises what `load` and `save` raise."""
        stored = self.load()
        if role in stored.grants:
            rest = {other: grant for other, grant in stored.grants.items() if other is not role}
            self._write(Stored(rest, stored.standing, stored.salt))

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Hold the store for this task, among all processes; never again from within.

        Raises UnreachableError where another holds it too long. Where files cannot be locked at all, a warning
        is logged, and it goes on without.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock_folder / f"{self.path.stem}.lock")
        deadline = asyncio.get_running_loop().time() + _LOCK_SECONDS
        held = False
        while not held:
            try:
                self._lock_folder.mkdir(parents=True, exist_ok=True)
                lock.acquire(blocking=False)
            except Timeout:
                if asyncio.get_running_loop().time() > deadline:
                    raise UnreachableError(
                        "Another sanctum-tui holds the tokens and does not let go; it is tried again."
                    ) from None
                await asyncio.sleep(_LOCK_POLL_SECONDS)
            except (OSError, NotImplementedError) as error:  # filelock's word for a file system without locks
                log.warning("%s cannot be locked (%s); going on without", self._lock_folder, type(error).__name__)
                break
            else:
                held = True
        try:
            yield
        finally:
            if held:
                lock.release()

    def _load_to_change(self) -> Stored:
        try:
            return self.load()
        except BadInputError:
            aside = self.path.with_name(f"{self.path.name}.broken")
            number = 2
            while aside.exists():
                aside, number = self.path.with_name(f"{self.path.name}.broken-{number}"), number + 1
            try:
                self.path.rename(aside)
            except OSError as error:
                raise StorageError(
                    f"{self.path} could not be moved aside ({error.strerror}); move it, then try again."
                ) from None
            log.warning("%s could not be read as a file of tokens; it was moved to %s", self.path, aside)
            return Stored()

    def _write(self, stored: Stored) -> None:
        file = _File(_VERSION, stored.salt, dict(stored.grants), stored.standing)
        text = msgspec.json.format(msgspec.json.encode(file, enc_hook=_encoded), indent=2)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.name == "posix" and self.path.parent.stat().st_mode & 0o077:
                self.path.parent.chmod(0o700)
        except OSError as error:
            raise unwritten(self.path.parent, error, done="made") from None
        write_atomically(self.path, text, private=True)

    def _narrow(self) -> None:
        if os.name == "posix" and (mode := self.path.stat().st_mode & 0o777) & ~_PRIVATE:
            self.path.chmod(_PRIVATE)
            log.warning("%s could be read by others (%o); now it cannot", self.path, mode)


def tokens_path(settings: Settings, paths: Paths) -> Path:
    """The file of tokens. A stand-in for Twitch has one of its own: neither must see the other's."""
    path = paths.tokens_file
    return path.with_name(f"{path.stem}-rehearsal{path.suffix}") if settings.twitch_server else path


def environment_tokens(settings: Settings) -> EnvironmentTokens | None:
    """The tokens from the settings, or None. Raises BadInputError, without their value, for what is none."""
    access = _bare("TWITCH_ACCESS_TOKEN", settings.twitch_access_token)
    refresh = _bare("TWITCH_REFRESH_TOKEN", settings.twitch_refresh_token)
    return EnvironmentTokens(access, refresh) if access or refresh else None


def known(settings: Settings, paths: Paths) -> str:
    """Whose login there is, by channel or account, or "" where there is none. Asks nobody, and never raises."""
    try:
        tokens = environment_tokens(settings)
        store = TokenStore(tokens_path(settings, paths), paths.locks)
        stored = store.load()
    except SanctumError:
        return ""
    grants = dict(stored.grants)
    if tokens is not None:
        standing = store.standing(tokens, stored)
        if standing is None:
            return settings.twitch_channel_name or "the account of TWITCH_ACCESS_TOKEN"
        if standing.grant is not None:
            grants[Role.STREAMER] = standing.grant
    grant = grants.get(Role.STREAMER)
    return (settings.twitch_channel_name or grant.account.name) if grant else ""


class _File(msgspec.Struct, frozen=True):
    version: int
    salt: str
    grants: dict[Role, Grant]
    standing: Standing | None = None


def _bare(name: str, secret: Secret) -> Secret:
    text = secret.reveal().strip()
    if text[:6].lower() == "oauth:":
        text = text[6:].strip()
    if text and not _TOKEN.fullmatch(text):
        raise BadInputError(f"{name} holds blanks or signs that no token has; copy it again, whole.")
    REDACTOR.learn(text)
    return Secret(text)


def _mark(tokens: EnvironmentTokens, salt: str) -> str:
    telling = tokens.refresh or tokens.access
    return sha256(f"{salt}:{telling.reveal()}".encode()).hexdigest()


def _encoded(value: Any) -> Any:
    """For msgspec, which takes NotImplementedError for "this is no type of mine"."""
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError


def _decoded(type: type, value: Any) -> Any:
    """As `_encoded`, the other way."""
    if type is Secret and isinstance(value, str):
        return Secret(value)
    raise NotImplementedError
