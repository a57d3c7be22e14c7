"""Reading the settings: what each is, where its value came from, and one sentence where it does not fit."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import Meta

from sanctum_tui.errors import BadInputError
from sanctum_tui.settings.fields import KNOWN_BOTS
from sanctum_tui.settings.models import ModelChoice, ModelsOrder, plain_model, read_models, read_order, unpriced
from sanctum_tui.settings.nearest import nearest
from sanctum_tui.settings.screen import Settings
from sanctum_tui.settings.secret import Secret


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What is known of one setting, for the README, ``config`` and the settings screen."""

    name: str
    """As people write it: in capitals."""
    group: str
    kind: str
    unit: str
    default: str
    description: str
    live: bool
    secret: bool
    choices: tuple[str, ...] = ()
    """All its values, as they are shown, where they are few."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The effective settings, where each came from, and what was found odd on the way."""

    settings: Settings
    sources: Mapping[str, str]
    """By name in capitals; a name that is missing has its default."""
    warnings: tuple[str, ...] = ()


def describe() -> tuple[SettingInfo, ...]:
    """All settings, in the order of the fields."""
    return tuple(_info(field) for field in msgspec.structs.fields(Settings))


def load(
    *,
    toml_file: Path | None = None,
    env_files: Sequence[Path] = (),
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
) -> Loaded:
    """Settings from ``--set`` pairs, the environment, ``.env`` files and the TOML file: the first that has one wins.

    Raises BadInputError, one sentence, for a value that does not fit or a file that cannot be read. An
    unknown name in the TOML file is a warning; behind ``--set`` it is an error. The tables of models are
    read from the TOML file alone.
    """
    warnings: list[str] = []
    layers: list[tuple[str, Mapping[str, Any], bool]] = [
        ("--set", _pairs(overrides), True),
        ("environment", environ if environ is not None else os.environ, False),
        *((str(path), _read_env(path), False) for path in env_files),
    ]
    if toml_file is not None:
        table = _read_toml(toml_file)
        warnings.extend(f"{toml_file}: {_unknown(name)}" for name in table if name not in _FIELDS)
        layers.append((str(toml_file), table, False))
    else:
        table = {}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for source, layer, strict in layers:
        for name, raw in layer.items():
            if name not in _FIELDS:
                if strict:
                    raise BadInputError(f"--set: {_unknown(name)}")
                continue
            if name in _TABLES:
                if strict:
                    raise BadInputError(f"--set: {name} is a list of tables; write it into the settings file.")
                continue
            # An empty variable is how a shell or a .env unsets one; --set and TOML mean it.
            if name in sources or (raw == "" and not strict and layer is not layers[-1][1]):
                continue
            values[name.lower()] = _convert(name, raw, source)
            sources[name] = source
    if (tables := table.keys() & _TABLES) and toml_file is not None:
        where = str(toml_file)
        values["models"], told = read_models(table.get("MODELS", []), where, _variables(layers))
        values["models_order"] = read_order(table.get("MODELS_ORDER", {}), values["models"], where)
        sources.update(dict.fromkeys(tables, where))
        warnings.extend(told)
    settings = Settings(**values)
    if settings.models and settings.llm_provider:
        warnings.append("LLM_PROVIDER does nothing while [[models]] lists models; remove one of the two.")
    warnings.extend(unpriced(models_of(settings), settings.llm_budget_cost))
    return Loaded(settings, sources, tuple(warnings))


def models_of(settings: Settings) -> tuple[ModelChoice, ...]:
    """The models to ask, as they are listed: those of ``[[models]]``, or the one of ``LLM_*``, or none.

    Raises BadInputError where ``LLM_*`` does not say enough.
    """
    if settings.models:
        return settings.models
    plain = plain_model(settings.llm_provider, settings.llm_base_url, settings.llm_api_key, settings.llm_model)
    return () if plain is None else (plain,)


def changed(settings: Settings, name: str, raw: object) -> Settings:
    """The settings with one of them changed; raises BadInputError where the value does not fit."""
    if name not in _FIELDS:
        raise BadInputError(_unknown(name))
    if name in _TABLES:
        raise BadInputError(f"{name} is a list of tables; change it in the settings file.")
    return msgspec.structs.replace(settings, **{name.lower(): _convert(name, raw, "the console")})


def shown(settings: Settings, name: str) -> str:
    """A setting's value as text that may be shown: secrets are dots, a list is joined by commas."""
    return _as_text(getattr(settings, name.lower()))


def secrets_of(settings: Settings) -> tuple[Secret, ...]:
    """Every secret among the settings."""
    values = (getattr(settings, name.lower()) for name in _FIELDS)
    keys = (choice.api_key for choice in settings.models)
    return tuple(value for value in (*values, *keys) if isinstance(value, Secret))


_FIELDS = {field.name.upper(): field for field in msgspec.structs.fields(Settings)}
_TYPES = get_type_hints(Settings, include_extras=True)
_TABLES = frozenset(name.upper() for name, hint in _TYPES.items() if (hint.__metadata__[0].extra or {}).get("tables"))
"""Settings with an inside of their own, which no environment variable can hold."""


def _info(field: msgspec.structs.FieldInfo) -> SettingInfo:
    hint = _TYPES[field.name]
    meta: Meta = hint.__metadata__[0]
    extra = meta.extra or {}
    default = field.default if field.default is not msgspec.NODEFAULT else ""
    kinds = {bool: "on or off", int: "whole number", float: "number", str: "text", Secret: "text"}
    listed = isinstance(default, tuple | ModelsOrder)
    kind = kinds.get(hint.__origin__, "list" if listed else "")
    choices = ("on", "off") if hint.__origin__ is bool else () if kind else hint.__origin__.__args__
    return SettingInfo(
        name=field.name.upper(),
        group=str(extra["group"]),
        kind=kind or " · ".join(repr(choice) for choice in choices if choice),
        unit=str(extra.get("unit", "")),
        default=_as_text(default),
        description=meta.description or "",
        live=bool(extra.get("live")),
        secret=hint.__origin__ is Secret,
        choices=choices,
    )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _convert(name: str, raw: object, source: str) -> object:
    field = _TYPES[name.lower()]
    value = raw
    if isinstance(raw, str):
        value = raw.strip()
        if field.__origin__ is bool:
            value = {"on": "true", "yes": "true", "off": "false", "no": "false"}.get(raw.strip().lower(), raw)
    if name == "KNOWN_BOTS":
        value = _logins(value)
    elif name == "KEYMAP" and isinstance(value, str):
        value = [entry.strip() for entry in value.split(",") if entry.strip()]
    try:
        return msgspec.convert(value, field, strict=False, dec_hook=_secret)
    except msgspec.ValidationError as error:
        said = "the value" if field.__origin__ is Secret else repr(raw)
        raise BadInputError(
            f"{name} is {said} in {source}, which does not fit ({_reason(str(error))}); change it there."
        ) from None


def _reason(message: str) -> str:
    return message.split(" - at ")[0].replace("`", "")


def _secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise ValueError("expected text")


def _logins(value: object) -> object:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return value
    logins = [name.strip().lower().lstrip("@") for name in names]
    if any(login.startswith("+") for login in logins):
        logins = [*KNOWN_BOTS, *(login.lstrip("+@") for login in logins)]
    return tuple(dict.fromkeys(filter(None, logins)))


def _pairs(overrides: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for pair in overrides:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInputError(f"--set {pair!r} has no '='; write --set NAME=VALUE.")
        pairs[name.strip().upper()] = value
    return pairs


def _variables(layers: Sequence[tuple[str, Mapping[str, Any], bool]]) -> Callable[[str], str | None]:
    """Looks a variable up as the settings are: the environment before the ``.env`` files. TOML has none."""

    def variable(name: str) -> str | None:
        found = (layer[name] for source, layer, strict in layers[:-1] if not strict and layer.get(name))
        value = next(found, None)
        return str(value).strip() if value else None

    return variable


def _read_env(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} cannot be read ({error}); mend or remove it.") from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} cannot be read ({error}); mend or remove it.") from None
    try:
        return {name.upper(): value for name, value in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{path} is not valid TOML ({error}); mend the line it names.") from None
    except (ValueError, RecursionError):
        raise BadInputError(f"{path} holds a number too long, or brackets too deep, to be read; mend it.") from None


def _unknown(name: str) -> str:
    near = nearest(name, _FIELDS)
    hint = f"did you mean {near}?" if near else "`sanctum-tui config` lists those there are."
    return f"{name} is not a setting; {hint}"
