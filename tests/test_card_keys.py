"""The keys under the line that waits can be pressed by the mouse, with the same care as by hand."""

from pathlib import Path

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.card.cardkeys import CardKeys
from tests.test_console import console, evening, line_waits, until, words


async def test_a_click_on_a_key_of_the_card_does_what_the_key_does(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "s skip" in words(app, "#card-keys"))
        keys = str(app.query_one(CardKeys).render())
        await pilot.click("#card-keys", offset=(keys.index("   "), 0))
        await pilot.pause()
        assert evening(app).queue.prompts[0].state is PromptState.PENDING
        await pilot.click("#card-keys", offset=(keys.index("skip"), 0))
        await until(pilot, lambda: evening(app).queue.prompts[0].state is PromptState.SKIPPED)
