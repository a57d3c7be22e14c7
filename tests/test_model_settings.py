"""Models as settings: listed in the file or one from LLM_*; what is odd is a sentence with file, model and key."""

from pathlib import Path

import pytest

from sanctum_tui.errors import BadInputError
from sanctum_tui.settings import ModelChoice, Secret, Settings, changed, load, models_of, ordered, secrets_of, shown
from sanctum_tui.settings.loading import Loaded

TWO = """
[[models]]
name = "quick"
provider = "ollama"
model = "qwen3:8b"
thinking = true
context_tokens = 4096

[[models]]
name = "cloud"
provider = "openai"
model = "gpt-5-mini"
api_key = "sk-from-the-file"
first_token_seconds = 5
answer_seconds = 30.5
tools = false
price_in = 0.25
price_out = 2
"""


def read(folder: Path, text: str, **environ: str) -> Loaded:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(toml_file=file, environ=environ)


def one(text: str = "", *, name: str = "quick", provider: str = "ollama", model: str = "qwen3:8b") -> str:
    return f'[[models]]\nname = "{name}"\nprovider = "{provider}"\nmodel = "{model}"\n{text}\n'


def test_models_are_listed_in_the_order_in_which_they_are_tried(tmp_path: Path) -> None:
    loaded = read(tmp_path, TWO)
    quick, cloud = models_of(loaded.settings)
    assert (quick.name, quick.base_url, quick.thinking, quick.tools) == (
        "quick",
        "http://127.0.0.1:11434/v1",
        True,
        True,
    )
    assert (quick.first_token_seconds, quick.answer_seconds, quick.context_tokens) == (20, 60, 4096)
    assert cloud == ModelChoice(
        name="cloud", provider="openai", model="gpt-5-mini", base_url="https://api.openai.com/v1",
        api_key=Secret("sk-from-the-file"), first_token_seconds=5, answer_seconds=30.5, tools=False, price_in=0.25,
        price_out=2,
    )  # fmt: skip
    assert loaded.warnings == ()
    assert loaded.sources["MODELS"] == str(tmp_path / "config.toml")


def test_a_phase_asks_those_it_names_and_else_all_that_can(tmp_path: Path) -> None:
    settings = read(tmp_path, TWO + '[models_order]\nmessage = ["cloud", "quick"]\n').settings
    models = models_of(settings)
    assert [choice.name for choice in ordered(models, settings.models_order, "message")] == ["cloud", "quick"]
    assert [choice.name for choice in ordered(models, settings.models_order, "information")] == ["quick"]


def test_the_plain_settings_make_a_list_of_one() -> None:
    environ = {"LLM_PROVIDER": "lmstudio", "LLM_MODEL": "gemma", "LLM_API_KEY": "sk-plain"}
    (choice,) = models_of(load(environ=environ).settings)
    assert (choice.name, choice.model, choice.base_url) == ("gemma", "gemma", "http://127.0.0.1:1234/v1")
    assert choice.api_key == Secret("sk-plain")
    assert models_of(Settings()) == ()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"LLM_PROVIDER": "ollama"}, "LLM_MODEL is empty"),
        ({"LLM_PROVIDER": "compatible", "LLM_MODEL": "x"}, "LLM_BASE_URL is missing"),
        ({"LLM_PROVIDER": "ollama", "LLM_MODEL": "x", "LLM_BASE_URL": "localhost"}, "LLM_BASE_URL is no address"),
    ],
)
def test_plain_settings_that_do_not_say_enough_are_one_sentence(environ: dict[str, str], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        load(environ=environ)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (one("first_token_seconds = 'soon'"), "model 'quick': first_token_seconds does not fit"),
        (one("first_token_seconds = 0"), "model 'quick': first_token_seconds does not fit"),
        (one("answer_seconds = nan"), "model 'quick': answer_seconds does not fit"),
        (one("first_token_seconds = 90"), "model 'quick': first_token_seconds is more than answer_seconds"),
        (one("context_tokens = 12.5"), "model 'quick': context_tokens does not fit"),
        (one("thinking = 'maybe'"), "model 'quick': thinking does not fit"),
        (one("tools = 1"), "model 'quick': tools does not fit"),
        (one("price_in = -1"), "model 'quick': price_in does not fit"),
        (one("base_ulr = 'http://x/v1'"), "model 'quick': base_ulr is not known; did you mean base_url?"),
        (one(provider="opneai"), "model 'quick': provider does not fit"),
        (one(provider="compatible"), "model 'quick': base_url is missing"),
        (one("base_url = 'ftp://x'"), "model 'quick': base_url is no address"),
        (one("base_url = 'http://x:99999/v1'"), "model 'quick': base_url is no address"),
        (one("base_url = 'http://me:sk-hush-hush@x/v1'"), "model 'quick': base_url has a password in it"),
        (one("api_key = 5"), "model 'quick': api_key does not fit"),
        (one("api_key = 'sk-hush-hush'\napi_key_env = 'KEY'"), "model 'quick' has both api_key and api_key_env"),
        (one(model=""), "model 'quick': model does not fit"),
        ("[[models]]\nname = 'quick'\nprovider = 'ollama'\n", "model 'quick': model is missing"),
        ("[[models]]\nmodel = 'x'\nprovider = 'ollama'\n", "model 1: name must be text"),
        (one() + one(name="Quick"), "model 'Quick' is listed twice"),
        ("models = 'quick'\n", "models must be tables"),
        (one() + "[models_order]\nmessage = ['quik']\n", "message names 'quik', which is not listed; did you mean"),
        (one() + "[models_order]\nmessage = 'quick'\n", "models_order does not fit"),
        (one() + "[models_order]\nmesage = ['quick']\n", "models_order does not fit"),
        (one() + "[models_order]\nmessage = ['quick', 'quick']\n", "names a model twice"),
        (one("tools = false") + "[models_order]\ninformation = ['quick']\n", "whose tools are off"),
    ],
)
def test_what_does_not_fit_names_the_file_the_model_and_the_key(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as told:
        read(tmp_path, text)
    assert str(tmp_path / "config.toml") in told.value.sentence
    assert said in told.value.sentence
    assert "hush" not in told.value.sentence


def test_a_key_can_stay_in_the_environment_or_an_env_file(tmp_path: Path) -> None:
    text = one("api_key_env = 'CLOUD_KEY'", provider="openai")
    assert models_of(read(tmp_path, text, CLOUD_KEY="sk-there").settings)[0].api_key == Secret("sk-there")
    env = tmp_path / ".env"
    env.write_text("CLOUD_KEY=sk-in-the-file\n")
    loaded = load(toml_file=tmp_path / "config.toml", env_files=[env], environ={})
    assert models_of(loaded.settings)[0].api_key == Secret("sk-in-the-file")
    (warning,) = read(tmp_path, text).warnings
    assert "model 'quick': api_key_env names CLOUD_KEY, which is not set" in warning


def test_what_is_likely_forgotten_is_told(tmp_path: Path) -> None:
    assert "has no key" in read(tmp_path, one(provider="openai")).warnings[0]
    both = read(tmp_path, one(), LLM_PROVIDER="ollama", LLM_MODEL="x")
    assert "LLM_PROVIDER does nothing" in both.warnings[0]
    assert [choice.name for choice in models_of(both.settings)] == ["quick"]


def test_keys_are_secret_and_shown_as_dots(tmp_path: Path) -> None:
    settings = read(tmp_path, TWO).settings
    assert Secret("sk-from-the-file") in secrets_of(settings)
    assert shown(settings, "MODELS") == "quick (ollama qwen3:8b), cloud (openai gpt-5-mini, key ••••••••)"
    for text in (repr(settings), str(settings), shown(settings, "MODELS"), repr(settings.models)):
        assert "sk-from" not in text


def test_tables_come_from_the_file_alone(tmp_path: Path) -> None:
    assert load(environ={"MODELS": "[]", "MODELS_ORDER": "x"}).settings == Settings()
    with pytest.raises(BadInputError, match=r"MODELS is a list of tables"):
        load(environ={}, overrides=["models=x"])
    with pytest.raises(BadInputError, match=r"MODELS_ORDER is a list of tables"):
        changed(Settings(), "MODELS_ORDER", "x")


def test_the_order_is_shown_as_it_was_written(tmp_path: Path) -> None:
    settings = read(tmp_path, TWO + '[models_order]\nmessage = ["cloud"]\n').settings
    assert shown(settings, "MODELS_ORDER") == "message: cloud"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://localhost:1/v1", True),
        ("http://192.168.1.4:1/v1", True),
        ("http://tower.local/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_what_is_at_home_is_known(url: str, local: bool) -> None:
    assert ModelChoice(name="a", provider="compatible", model="a", base_url=url).is_local is local


def test_the_budget_is_a_setting_that_may_change_while_it_runs() -> None:
    settings = load(environ={"LLM_BUDGET_TOKENS": "50000"}, overrides=["LLM_BUDGET_COST=0.5"]).settings
    assert (settings.llm_budget_tokens, settings.llm_budget_cost) == (50_000, 0.5)
    assert changed(settings, "LLM_BUDGET_TOKENS", "0").llm_budget_tokens == 0


LIMITED = {"LLM_BUDGET_COST": "2"}
CLOUD = {"LLM_PROVIDER": "openai", "LLM_API_KEY": "sk-plain", "LLM_MODEL": "gpt-4o"}


def test_a_limit_on_costs_that_cannot_hold_is_told(tmp_path: Path) -> None:
    (warning,) = load(environ={**CLOUD, **LIMITED}).warnings
    assert "LLM_BUDGET_COST does not hold for gpt-4o, which has no price" in warning
    assert "LLM_BUDGET_TOKENS" in warning
    half = one('base_url = "https://models.example/v1"\nprice_in = 3', provider="compatible")
    assert "does not hold for quick" in read(tmp_path, half, **LIMITED).warnings[0]


def test_a_model_at_home_or_with_a_price_or_without_a_limit_is_no_matter_of_costs(tmp_path: Path) -> None:
    assert read(tmp_path, TWO, **LIMITED).warnings == ()
    assert load(environ=CLOUD).warnings == ()
