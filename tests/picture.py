"""Makes the picture of the README: ``python -m tests.picture`` plays a sample until a line waits."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from sanctum_tui.paths import shipped
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.settings import Settings
from sanctum_tui.ui.app import SanctumApp
from tests.builders import paths_in

PICTURE = Path(__file__).parent.parent / ".github" / "console.svg"
_LOOKS = 600
"""How often to look whether the line waits and the panes are filled, a twentieth of a second apart."""


def tidy(svg: str) -> str:
    """The picture without fonts from elsewhere, and with the spaces that some viewers would drop."""
    without_fonts = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return without_fonts.replace("<text ", '<text xml:space="preserve" ')


async def main() -> None:
    sample = sorted(place.name for place in shipped("sample_dashboards").iterdir() if place.is_dir())[0]
    chat = Path(str(shipped("sample_dashboards") / sample / "chat.jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        app = SanctumApp(Settings(), paths_in(Path(folder)), Plan(chat))
        async with app.run_test(size=(120, 35)) as pilot:
            for _ in range(_LOOKS):
                await pilot.pause(0.05)
                evening = app.stage.evening
                if evening is not None and evening.queue.waiting is not None and app.query("#ledger"):
                    break
            else:
                sys.exit("no line came to wait; there is no picture")
            await pilot.pause(2.0)
            PICTURE.write_text(tidy(app.export_screenshot()), encoding="utf-8")
            await app.stage.leave()


if __name__ == "__main__":
    asyncio.run(main())
