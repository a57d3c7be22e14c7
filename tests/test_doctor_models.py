"""The doctor asks each model for one word, all within its patience, and shows no key."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from sanctum_tui.cli import main
from sanctum_tui.commands.doctor_models import NONE_SET, findings
from sanctum_tui.commands.findings import Finding
from sanctum_tui.llm.chain import OpenModel
from sanctum_tui.settings import ModelChoice, Secret, Settings, describe
from tests.builders import settings
from tests.mock_provider import KEY, Reply, answer, mock_provider, refusal


async def no_opening(choices: Sequence[ModelChoice]) -> Sequence[OpenModel]:
    raise AssertionError("the models were opened")


def one(found: list[Finding]) -> Finding:
    (only,) = found
    return only


async def test_with_no_model_the_composer_is_ready_and_nothing_is_loaded() -> None:
    assert await findings(Settings(), ask=True, opening=no_opening) == [Finding("ready", "model", NONE_SET)]


async def test_quick_asks_nobody_and_loads_nothing() -> None:
    choice = ModelChoice(name="quick", provider="ollama", model="qwen3:8b", base_url="http://127.0.0.1:9/v1")
    found = one(await findings(settings(models=(choice,)), ask=False, opening=no_opening))
    assert (found.state, found.words) == ("ready", "quick (qwen3:8b); not asked now")


async def test_a_model_is_asked_for_one_word_once() -> None:
    async with mock_provider() as mock:
        mock.say(answer("Bl", "ue."))
        found = one(await findings(settings(models=(mock.choice(),)), ask=True))
        assert found.state == "ready"
        assert found.words.startswith("mock (mock-1) answered “Blue” in ")
        assert len(mock.asked) == 1


async def test_each_model_is_told_of_in_order_also_where_one_is_broken() -> None:
    async with mock_provider() as good, mock_provider() as bad:
        good.say(answer("Blue"))
        bad.say(refusal(401, {"error": {"message": f"wrong api key {KEY}"}}))
        listed = (bad.choice("bad"), good.choice("good"))
        found = await findings(settings(models=listed), ask=True)
        assert [finding.state for finding in found] == ["missing", "ready"]
        assert "bad" in found[0].words
        assert "good (mock-1) answered" in found[1].words
        assert not any(KEY in finding.words for finding in found)


async def test_a_server_that_answers_with_the_key_does_not_get_it_shown() -> None:
    async with mock_provider() as mock:
        mock.say(answer(KEY))
        found = one(await findings(settings(models=(mock.choice(),)), ask=True))
        assert KEY not in found.words
        assert "answered “••••••••”" in found.words


async def test_models_that_say_nothing_cost_the_patience_once() -> None:
    async with mock_provider() as mock:
        mock.say(Reply(silent=True))
        listed = tuple(mock.choice(name) for name in ("one", "two", "three"))
        began = time.monotonic()
        found = await findings(settings(models=listed), ask=True, patience=0.5)
        assert time.monotonic() - began < 10
        assert [finding.state for finding in found] == ["missing"] * 3
        assert all("did not answer within 0.5 s" in finding.words for finding in found)


async def test_the_models_are_closed_also_when_the_doctor_is_interrupted() -> None:
    class Endless:
        closed = 0

        async def write(self, asked: object) -> AsyncIterator[str]:
            started.set()
            while True:
                await asyncio.sleep(0)
                yield "a"

        async def aclose(self) -> None:
            self.closed += 1

    started, model = asyncio.Event(), Endless()

    async def opening(choices: Sequence[ModelChoice]) -> Sequence[OpenModel]:
        return (model,)  # type: ignore[return-value]

    choice = ModelChoice(name="quick", provider="ollama", model="m")
    task = asyncio.create_task(findings(settings(models=(choice,)), ask=True, opening=opening))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.closed == 1


def test_the_command_shows_a_model_and_never_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for info in describe():
        monkeypatch.delenv(info.name, raising=False)
    monkeypatch.setenv("SANCTUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LLM_PROVIDER", "ollama")
    monkeypatch.setenv("LLM_MODEL", "qwen3:8b")
    monkeypatch.setenv("LLM_API_KEY", Secret("sk-of-the-operator").reveal())
    assert main(["doctor", "--quick"]) == 0
    report = capsys.readouterr().out
    assert "✓ ready     model         qwen3:8b; not asked now" in report
    assert "sk-of-the-operator" not in report


def test_the_doctor_tells_that_a_limit_on_costs_cannot_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for info in describe():
        monkeypatch.delenv(info.name, raising=False)
    monkeypatch.setenv("SANCTUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    told = {"LLM_PROVIDER": "openai", "LLM_MODEL": "gpt-4o", "LLM_API_KEY": "sk-plain", "LLM_BUDGET_COST": "2"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor", "--quick"]) == 0
    assert "LLM_BUDGET_COST does not hold for gpt-4o" in capsys.readouterr().out
