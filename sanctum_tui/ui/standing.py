"""Where the evening stands, as the pieces of the line at the top."""

import math
from datetime import datetime
from typing import TYPE_CHECKING

from sanctum_tui.agent.policies import minutes
from sanctum_tui.chat import Live, LiveGate
from sanctum_tui.evening import PromptState
from sanctum_tui.review.prompt import WAITING
from sanctum_tui.text import in_minutes
from sanctum_tui.twitch.values import Link, LinkState
from sanctum_tui.ui.actions import Moment
from sanctum_tui.ui.keyboard import Keyboard
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.panes.status import STRONG, WARNING, Piece

if TYPE_CHECKING:
    from sanctum_tui.runtime.broadcasting import Broadcasting
    from sanctum_tui.runtime.evening import Evening


def standing(evening: "Evening", moment: Moment, trouble: str, keyboard: Keyboard) -> list[Piece]:
    """What an operator should see at a glance; `trouble` is a sentence about storage, or empty.

    In private mode that is said first, and neither places on this machine nor the agent's account are told.
    How long it lasts is told by the minute: the silence clock counts the seconds. Where room is short, the count
    and the channel go first: whether anything can be posted, and where, is told as long as can be.
    """
    live = evening.broadcasting
    now = evening.now()
    shown = conceal if moment.private else str
    pieces = [Piece("◆ PRIVATE", 11, STRONG)] if moment.private else []
    pieces.append(Piece(f"#{evening.keeping.session.channel}", 3, STRONG))
    pieces += _replay(evening, moment, now, keyboard) if live is None else _live(evening, live, now, keyboard)
    if trouble:
        # What to do about it was said in full when it began; here it has to leave room for the rest.
        pieces += [Piece("✕ not stored", 10, WARNING), Piece(shown(trouble), 1)]
    if moment.muted:
        pieces.append(Piece("✕ muted", 9, WARNING))
    if moment.letting_be:
        pieces.append(Piece("☾ let it be", 8, WARNING))
    if moment.playing:
        pieces.append(_gate(evening.origin.gate) if live is None else _on_air(live, now))
    count = evening.keeping.messages
    pieces.append(Piece(f"{count:,} message{'' if count == 1 else 's'}", 2))
    account = "the agent" if moment.private else evening.origin.agent_login
    where = "posts stay here" if live is None else f"posts as {account}"
    pieces.append(Piece(where, 7))
    return pieces


def speed_words(speed: float) -> str:
    """A replay's speed as it is written."""
    return "as fast as it goes" if speed == math.inf else f"{speed:g}x"


def _replay(evening: "Evening", moment: Moment, now: datetime, keyboard: Keyboard) -> list[Piece]:
    player = evening.player
    return [Piece(in_minutes(now - player.first_at), 6), _playing(evening, moment, keyboard)]


def _playing(evening: "Evening", moment: Moment, keyboard: Keyboard) -> Piece:
    player = evening.player
    if not moment.playing:
        return Piece("■ The evening has ended", 9, STRONG)
    if player.paused:
        return Piece(f"‖ paused, {keyboard.by_id['replay.pause'].shown_key} goes on", 9, WARNING)
    if player.pace != player.speed:
        return Piece(f"▶ replay {speed_words(player.pace)}{_slowed_by(moment)}", 8)
    return Piece(f"▶ replay {speed_words(player.speed)}", 8)


def _slowed_by(moment: Moment) -> str:
    """Why a replay that is to run faster keeps to real time, behind its speed."""
    if moment.card is PromptState.HELD:
        return ", a line is held"
    if moment.card in WAITING:
        return ", a line waits"
    return " while you write" if moment.typing else " for a moment"


def _live(evening: "Evening", live: "Broadcasting", now: datetime, keyboard: Keyboard) -> list[Piece]:
    pieces = []
    if evening.settings.twitch_offline_chat_test_mode:
        pieces.append(Piece(f"◆ OFFLINE TEST MODE ({keyboard.by_id['stream.test_mode'].shown_key})", 10, WARNING))
    if live.on_air.rehearsal:
        pieces.append(Piece("◆ stand-in", 6, WARNING))
    asked = live.question
    if asked.question:
        key = keyboard.by_id["stream.end"].shown_key
        ends = "" if asked.ends_in is None else f", the evening in {minutes(asked.ends_in.total_seconds())}"
        pieces.append(Piece(f"◆ {asked.brief}{ends}: {key}", 9, STRONG))
    if (link := _link(live.on_air.link, now, keyboard)) is not None:
        pieces.append(link)
    return pieces


def _link(link: Link, now: datetime, keyboard: Keyboard) -> Piece | None:
    """How chat's connection is doing, where that is worth a word."""
    match link.state:
        case LinkState.UP:
            return None
        case LinkState.CONNECTING:
            return Piece("… connecting to chat", 8)
        case LinkState.DOWN:
            away = minutes((now - link.since).total_seconds())
            until = "" if link.retry_at is None else f", next try in {_seconds(link.retry_at, now)} s"
            return Piece(f"✕ no chat for {away}{until}", 10, WARNING)
        case LinkState.REFUSED:
            return Piece(f"✕ no chat, Twitch refuses: {keyboard.by_id['stream.retry'].shown_key} helps", 10, WARNING)


def _seconds(moment: datetime, now: datetime) -> int:
    return max(0, math.ceil((moment - now).total_seconds()))


def _gate(gate: LiveGate) -> Piece:
    if gate.live is Live.YES:
        # Less urgent than on air: it is the log's stream that was live.
        return Piece("● live", 4)
    return Piece(f"○ {gate.live.value}: {gate.why}", 6)


def _on_air(live: "Broadcasting", now: datetime) -> Piece:
    """The stream itself, whatever the test mode opens."""
    gate = live.on_air.gate
    if gate.on_air is Live.YES:
        since = "" if gate.stream is None else f" {in_minutes(now - gate.stream.started_at)}"
        return Piece(f"● live{since}", 8)
    if gate.on_air is Live.NO:
        return Piece("○ not live", 8)
    return Piece(f"○ {gate.on_air.value}: {gate.why}", 8)
