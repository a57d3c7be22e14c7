"""Keeps a setting for good: writes it into the settings file, whose comments and order stay as they are."""

import tomllib
from collections.abc import Mapping, MutableMapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import msgspec

from sanctum_tui.errors import BadInputError
from sanctum_tui.paths import write_atomically
from sanctum_tui.settings.loading import describe
from sanctum_tui.settings.secret import Secret

TABLES = frozenset({"MODELS", "MODELS_ORDER"})
"""Settings with an inside of their own, which people write by hand."""


def keep(file: Path, settings: msgspec.Struct, *names: str) -> None:
    """Write the values that these settings have now into the file, which is made where there is none.

    A file with a secret in it is for this user's eyes alone. Raises BadInputError where the file is no TOML that
    could be added to, and StorageError where it cannot be written; then it is as it was.
    """
    written, private = kept(
        _read(file), {name: _plain(getattr(settings, name.lower()), name) for name in names}, file
    )
    write_atomically(file, written, private=private)


def kept(text: str, values: Mapping[str, Any], file: Path) -> tuple[str, bool]:
    """The file's text with these values, by name in capitals, and whether there is a secret in it."""
    # Imported here: a console that keeps nothing does without it.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise BadInputError(f"{file} is not valid TOML ({error}); mend the line it names.") from None
    for name, value in values.items():
        # The reader takes a name in any case, and the last one where there are several.
        there = [key for key in document if key.upper() == name]
        key = there[-1] if there else name.lower()
        if not (isinstance(value, list) and _put_into(document.get(key), value)):
            document[key] = value
    written = tomlkit.dumps(document)
    told = {key.upper(): value for key, value in tomllib.loads(written).items()}
    if any(told[name] != value for name, value in values.items()):
        raise BadInputError(f"{file} could not take {', '.join(values)}; write it there by hand.")
    return written, _has_secret(told)


def _put_into(array: object, value: list[Any]) -> bool:
    """Change in a list only what is new in it, so that the comments between the rest stay; whether that was done."""
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import Array

    if not isinstance(array, Array):
        return False
    try:
        steps = SequenceMatcher(None, array.unwrap(), value, autojunk=False).get_opcodes()
        for _, start, end, new_start, new_end in reversed([step for step in steps if step[0] != "equal"]):
            same = min(end - start, new_end - new_start)
            for offset in range(same):
                array[start + offset] = value[new_start + offset]
            for _ in range(start + same, end):
                del array[start + same]
            for offset in range(same, new_end - new_start):
                array.insert(start + offset, value[new_start + offset])
        return bool(tomllib.loads(f"it = {array.as_string()}")["it"] == value)
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError):
        return False


def _has_secret(told: MutableMapping[str, Any]) -> bool:
    secret = {info.name for info in describe() if info.secret}
    models = told.get("MODELS", [])
    keys = [model.get("api_key") for model in models if isinstance(model, dict)] if isinstance(models, list) else []
    return any(told.get(name) for name in secret) or any(keys)


def _plain(value: object, name: str) -> object:
    """A setting's value as TOML has it."""
    if name in TABLES:
        raise BadInputError(f"{name} is a list of tables; write it into the settings file by hand.")
    if isinstance(value, Secret):
        return value.reveal()
    return list(value) if isinstance(value, tuple) else value


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file} cannot be read ({error}); mend or remove it.") from None
