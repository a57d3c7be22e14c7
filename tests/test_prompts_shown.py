"""What a model is asked is what is shown: laid out for the model that is asked, to the last word."""

import re
from pathlib import Path

import msgspec

from sanctum_tui.llm.author import Context
from sanctum_tui.llm.prompts import BUDGET_TOKENS, Mode, Phase, Prompts, prompts_for, read_modules
from sanctum_tui.llm.thinking import BRIEF, briefly
from sanctum_tui.settings import ModelChoice
from tests.builders import says
from tests.commands import sanctum
from tests.test_prompts import PLAN, gathered, material

THINKER = """
[[models]]
name = "quick"
provider = "ollama"
model = "llama3.2"
context_tokens = 2048

[[models]]
name = "deep"
provider = "ollama"
model = "qwen3:8b"
context_tokens = 4096

[models_order]
message = ["deep", "quick"]
information = ["quick"]
"""


def models() -> tuple[ModelChoice, ...]:
    return (
        ModelChoice(name="quick", provider="ollama", model="llama3.2", context_tokens=2048),
        ModelChoice(name="deep", provider="ollama", model="qwen3:8b", context_tokens=4096),
    )


def test_a_model_that_thinks_is_told_behind_everything_to_be_brief_and_no_other_is() -> None:
    talk = [says(n, f"the {n}th word on lighthouses") for n in range(20)]
    for mode, phase in ((Mode.HEARTHKEEPER, Phase.MESSAGE), (Mode.HEARTHKEEPER, Phase.INFORMATION)):
        deep, quick = (
            prompts_for(models(), read_modules(), name=name, characters=200, language="en").assemble(
                mode, gathered(*talk), Context(PLAN), phase=phase
            )
            for name in ("deep", "quick")
        )
        assert deep.material.endswith(BRIEF)
        assert BRIEF not in quick.material
        assert briefly(deep.material) == deep.material, "once"


def test_what_is_known_of_a_model_goes_before_its_name() -> None:
    for thinking, told in ((False, False), (True, True), ("auto", True)):
        choice = msgspec.structs.replace(models()[1], thinking=thinking)
        assert prompts_for([choice], read_modules(), name="deep", characters=200, language="en").thinks is told


def test_a_small_model_is_asked_what_it_can_hold_and_nobody_more_than_the_smallest() -> None:
    def room(name: str) -> int:
        return prompts_for(models(), read_modules(), name=name, characters=200, language="en").budget_tokens

    assert (room("quick"), room("deep"), room("")) == (1536, 3072, 1536)
    large = [msgspec.structs.replace(models()[0], context_tokens=1_000_000)]
    assert prompts_for(large, read_modules(), characters=200, language="en").budget_tokens == BUDGET_TOKENS
    assert prompts_for((), read_modules(), characters=200, language="en").budget_tokens == BUDGET_TOKENS


def test_an_answer_may_be_none_and_a_line_must_be_one() -> None:
    silence = "put a single dash between the markers"
    answer = Prompts().assemble(Mode.STEWARD, gathered(), Context(PLAN), addressed="steward?")
    assert answer.material.rstrip().endswith(f"{silence}.")
    assert silence not in material()


def test_prompts_show_prints_what_goes_over_the_wire(tmp_path: Path) -> None:
    home = tmp_path / "home"
    log = Path(__file__).parent.parent / "sample_dashboards" / "01-the-quiet-sea" / "chat.jsonl"
    assert sanctum(home, "replay", log, "--headless", "--start-at", "45:00").returncode == 0
    (home / "config").mkdir(exist_ok=True)
    settings_file = home / "config" / "config.toml"
    settings_file.write_text(THINKER)
    wide = sanctum(home, "prompts", "show", "--set", "CHANNEL_RULES=Be kind.")
    assert wide.returncode == 0, wide.stderr
    assert "as deep is asked" in wide.stderr
    assert wide.stdout.endswith(BRIEF)
    narrow = sanctum(home, "prompts", "show", "--phase", "information")
    assert "as quick is asked" in narrow.stderr
    assert BRIEF not in narrow.stdout
    answer = sanctum(home, "prompts", "show", "--mode", "steward")
    assert answer.stdout.endswith(f"put a single dash between the markers.\n\n\n{BRIEF}")
    assert "somebody said" in answer.stderr
    settings_file.write_text(THINKER.replace("2048", "4096"))
    roomier = sanctum(home, "prompts", "show", "--mode", "steward")
    chat = [len(re.findall(r"^\| \d\d:\d\d viewer", one.stdout, re.MULTILINE)) for one in (roomier, answer)]
    assert chat[0] > chat[1] > 0, "an answer is cut to what the smallest model can hold"
