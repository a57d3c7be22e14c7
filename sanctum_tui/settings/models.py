"""Language models as the operator lists them: each one's address, key, limits and price, and who is asked first."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from sanctum_tui.errors import BadInputError
from sanctum_tui.settings.nearest import nearest
from sanctum_tui.settings.secret import Secret

Provider = Literal["openai", "ollama", "lmstudio", "compatible"]

BASE_URLS: Mapping[str, str] = {
    "openai": "https://api.openai.com/v1",
    "ollama": "http://127.0.0.1:11434/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
}
"""Where each provider listens unless told otherwise; the two local ones as they come out of the box."""

Seconds = Annotated[float, Meta(ge=0.1, le=600)]
Price = Annotated[float, Meta(ge=0, le=100_000)]
_LONGEST_NAME = 40


class ModelChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model of one provider: an entry of ``[[models]]``, or what the ``LLM_*`` settings say together."""

    name: str
    """As the operator calls it; no two are alike."""
    provider: Provider
    model: Annotated[str, Meta(min_length=1)]
    """As the provider calls it."""
    base_url: str = ""
    """Up to and with /v1; empty in the file: the provider's own."""
    api_key: Secret = Secret()
    api_key_env: str = ""
    """The variable that the key was taken from, where it does not stand in the file."""
    first_token_seconds: Seconds = 20.0
    answer_seconds: Seconds = 60.0
    tools: bool = True
    """Whether it can call tools, and so look things up."""
    images: bool = False
    """Whether it can see, and so look at a picture in the operator's notes."""
    thinking: Literal["auto"] | bool = "auto"
    """Whether it thinks before it writes; ``auto``: by its name, and by what it does."""
    context_tokens: Annotated[int, Meta(ge=512, le=10_000_000)] = 8192
    price_in: Price = 0.0
    """Per million tokens, in the operator's own currency."""
    price_out: Price = 0.0

    @property
    def is_local(self) -> bool:
        """Whether its server is on this machine or in this house."""
        from ipaddress import ip_address

        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_private
        except ValueError:
            return host == "localhost" or host.endswith((".localhost", ".local", ".lan"))

    def __str__(self) -> str:
        key = ", key ••••••••" if self.api_key else ""
        return f"{self.name} ({self.provider} {self.model}{key})"


class ModelsOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which models each phase asks, by name, first to last; empty: all, as they are listed."""

    information: tuple[str, ...] = ()
    message: tuple[str, ...] = ()

    def __str__(self) -> str:
        phases = (("information", self.information), ("message", self.message))
        return "; ".join(f"{phase}: {', '.join(names)}" for phase, names in phases if names)


def read_models(
    raw: object, source: str, variable: Callable[[str], str | None]
) -> tuple[tuple[ModelChoice, ...], tuple[str, ...]]:
    """The models of a file's ``[[models]]`` and warnings; `variable` knows the environment.

    Raises BadInputError, one sentence that names the file, the model and the key.
    """
    if not isinstance(raw, list | tuple) or not all(isinstance(table, dict) for table in raw):
        raise BadInputError(f"{source}: models must be tables, each under a line [[models]]; change it there.")
    choices: list[ModelChoice] = []
    warnings: list[str] = []
    for number, table in enumerate(raw, 1):
        choice = _read(table, number, source)
        where = f"{source}: model {choice.name!r}"
        if choice.name.casefold() in {other.name.casefold() for other in choices}:
            raise BadInputError(f"{where} is listed twice; give each a name of its own.")
        if choice.api_key_env:
            key = variable(choice.api_key_env)
            if not key:
                warnings.append(f"{where}: api_key_env names {choice.api_key_env}, which is not set.")
            choice = msgspec.structs.replace(choice, api_key=Secret(key or ""))
        elif choice.provider == "openai" and not choice.api_key:
            warnings.append(f"{where} has no key; give it api_key or api_key_env.")
        choices.append(choice)
    return tuple(choices), tuple(warnings)


def read_order(raw: object, models: Sequence[ModelChoice], source: str) -> ModelsOrder:
    """The order in ``[models_order]``; raises BadInputError where it names a model that cannot be asked."""
    try:
        order = msgspec.convert(raw, ModelsOrder)
    except msgspec.ValidationError as error:
        raise BadInputError(f"{source}: models_order does not fit ({_reason(error)}); change it there.") from None
    known = {choice.name: choice for choice in models}
    for phase, names in (("information", order.information), ("message", order.message)):
        where = f"{source}: models_order: {phase}"
        for name in names:
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean {near!r}?" if near else "name one of [[models]]."
                raise BadInputError(f"{where} names {name!r}, which is not listed; {hint}")
            if phase == "information" and not known[name].tools:
                raise BadInputError(f"{where} names {name!r}, whose tools are off; turn them on or leave it out.")
        if len(set(names)) < len(names):
            raise BadInputError(f"{where} names a model twice; leave one out.")
    return order


def plain_model(provider: Provider | Literal[""], base_url: str, api_key: Secret, model: str) -> ModelChoice | None:
    """What the ``LLM_*`` settings say together, or None where no provider is set. Raises BadInputError."""
    if not provider:
        return None
    if not model:
        raise BadInputError(f"LLM_PROVIDER is {provider}, but LLM_MODEL is empty; set it to the model's name.")
    choice = ModelChoice(name=model, provider=provider, model=model, base_url=base_url, api_key=api_key)
    return msgspec.structs.replace(choice, base_url=_base_url(choice, "LLM_BASE_URL", ""))


def unpriced(models: Sequence[ModelChoice], budget: float) -> tuple[str, ...]:
    """A warning for each model without a price, for which a limit on costs does not hold; one at home needs none."""
    if not budget:
        return ()
    return tuple(
        f"LLM_BUDGET_COST does not hold for {choice.name}, which has no price; give it price_in and price_out under "
        "[[models]], or set LLM_BUDGET_TOKENS."
        for choice in models
        if not (choice.price_in and choice.price_out) and not choice.is_local
    )


def ordered(
    models: Sequence[ModelChoice], order: ModelsOrder, phase: Literal["information", "message"]
) -> tuple[ModelChoice, ...]:
    """The models that a phase asks, first to last."""
    names = order.information if phase == "information" else order.message
    if not names:
        return tuple(choice for choice in models if choice.tools or phase == "message")
    known = {choice.name: choice for choice in models}
    return tuple(known[name] for name in names if name in known)


def _read(table: Mapping[str, Any], number: int, source: str) -> ModelChoice:
    name = table.get("name")
    where = f"{source}: model {name!r}" if isinstance(name, str) and name else f"{source}: model {number}"
    for key in table:
        if key not in ModelChoice.__struct_fields__:
            near = nearest(key, ModelChoice.__struct_fields__)
            hint = f"did you mean {near}?" if near else "take it out."
            raise BadInputError(f"{where}: {key} is not known; {hint}")
    if not isinstance(name, str) or not (name.isprintable() and 0 < len(name.strip()) <= _LONGEST_NAME):
        raise BadInputError(f"{where}: name must be text of 1 to {_LONGEST_NAME} characters; change it there.")
    # One at a time, so that the sentence names the key, and never shows what stands there.
    for key, value in table.items():
        try:
            msgspec.convert({**_LEAST, key: value}, ModelChoice, dec_hook=_secret)
        except msgspec.ValidationError as error:
            raise BadInputError(f"{where}: {key} does not fit ({_reason(error)}); change it there.") from None
    for key in ("provider", "model"):
        if key not in table:
            raise BadInputError(f"{where}: {key} is missing; add it.")
    choice: ModelChoice = msgspec.convert({**table, "name": name.strip()}, ModelChoice, dec_hook=_secret)
    if choice.api_key and choice.api_key_env:
        raise BadInputError(f"{where} has both api_key and api_key_env; leave one out.")
    if choice.first_token_seconds > choice.answer_seconds:
        raise BadInputError(f"{where}: first_token_seconds is more than answer_seconds; change one of them.")
    return msgspec.structs.replace(choice, base_url=_base_url(choice, "base_url", f"{where}: "))


_LEAST = {"name": "any", "provider": "ollama", "model": "any"}


def _base_url(choice: ModelChoice, key: str, where: str) -> str:
    url = (choice.base_url or BASE_URLS.get(choice.provider, "")).strip().rstrip("/")
    if not url:
        raise BadInputError(f"{where}{key} is missing, and provider 'compatible' has none of its own; add it.")
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits or not re.fullmatch(r"[!-~]+", url) or parts.query or parts.fragment:
        raise BadInputError(f"{where}{key} is no address such as http://127.0.0.1:11434/v1; change it there.")
    if "@" in parts.netloc:
        raise BadInputError(f"{where}{key} has a password in it; put the key into api_key instead.")
    return url


def _secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value.strip())
    raise ValueError("expected text")


def _reason(error: msgspec.ValidationError) -> str:
    """Why, without the value: it may be a key in the wrong place."""
    said = str(error).split(" - at ")[0].replace("`", "")
    return re.sub(r"Invalid enum value .*", "not one of the choices", said)
