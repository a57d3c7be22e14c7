"""Prompts and their steps in the database: a step is taken by whoever is first, and by nobody else."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sanctum_tui.evening import LIVE_SOURCE, Draft, Prompt, PromptState, PromptStep
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import prompt_steps, prompts, sessions


class PromptQueries:
    """The review queue as rows. Which step may follow which is the review room's to say."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_prompt(
        self,
        *,
        session_id: int,
        number: int,
        mode: str,
        draft: Draft,
        why: str,
        at: datetime,
        refusal: PromptStep | None = None,
    ) -> Prompt:
        """A new prompt, pending, with its first step; with `refusal` that is its second one, stored with the first.

        Raises StorageError where the session has a prompt of that number already.
        """
        row = _row(session_id, number, mode, draft, why, at)
        async with self._store.write() as connection:
            return await _add_prompt(connection, row, refusal)

    async def replace_prompt(
        self,
        prompt_id: int,
        *,
        expected: PromptState,
        step: PromptStep,
        number: int,
        mode: str,
        draft: Draft,
        why: str,
        refusal: PromptStep | None = None,
    ) -> tuple[Prompt, Prompt] | None:
        """Take a step with a prompt, as `step_prompt` does, and add another of its session in its place.

        Both are stored, or neither: None where somebody else was first, and raises StorageError as `add_prompt` does.
        """
        async with self._store.write() as connection:
            if not await _take_step(connection, prompt_id, expected, step):
                return None
            old = (await find_prompts(connection, prompts.c.id == prompt_id))[0]
            row = _row(old.session_id, number, mode, draft, why, step.at)
            return old, await _add_prompt(connection, row, refusal)

    async def step_prompt(
        self, prompt_id: int, *, expected: PromptState, step: PromptStep, line: str | None = None
    ) -> Prompt | None:
        """Take a step, if the prompt still is in the state `expected`; None where somebody else was first.

        With `line`, the prompt's words become `line` and what would be posted becomes `step.text`. The
        prompt and the step are stored together or not at all.
        """
        async with self._store.write() as connection:
            if not await _take_step(connection, prompt_id, expected, step, line):
                return None
            return (await find_prompts(connection, prompts.c.id == prompt_id))[0]

    async def prompt(self, prompt_id: int) -> Prompt | None:
        async with self._store.read() as connection:
            found = await find_prompts(connection, prompts.c.id == prompt_id)
        return found[0] if found else None

    async def prompts(self, session_id: int) -> tuple[Prompt, ...]:
        """The session's prompts with their steps, in the order of their numbers."""
        async with self._store.read() as connection:
            return await find_prompts(connection, prompts.c.session_id == session_id)

    async def posted_texts(self, channel: str, before: datetime, limit: int) -> tuple[str, ...]:
        """Lines, unsigned, posted in the channel's live sessions that started before a moment, newest first."""
        wanted = (
            select(prompts.c.line)
            .join(sessions, sessions.c.id == prompts.c.session_id)
            .where(
                sessions.c.channel == channel,
                sessions.c.source == LIVE_SOURCE,
                sessions.c.started_at < before,
                prompts.c.state == PromptState.POSTED.value,
            )
            .order_by(prompts.c.id.desc())
            .limit(limit)
        )
        async with self._store.read() as connection:
            return tuple((await connection.execute(wanted)).scalars())


async def find_prompts(connection: AsyncConnection, which: ColumnElement[bool]) -> tuple[Prompt, ...]:
    """Prompts with their steps, in the order of their numbers."""
    taken = select(prompt_steps).join(prompts, prompts.c.id == prompt_steps.c.prompt_id).where(which)
    steps = defaultdict(list)
    for row in await connection.execute(taken.order_by(prompt_steps.c.id)):
        steps[row.prompt_id].append(PromptStep(row.at, PromptState(row.state), row.author, row.text, row.reason))
    found = await connection.execute(select(prompts).where(which).order_by(prompts.c.number))
    return tuple(_prompt(row, tuple(steps[row.id])) for row in found)


def _row(session_id: int, number: int, mode: str, draft: Draft, why: str, at: datetime) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "number": number,
        "mode": mode,
        "state": PromptState.PENDING.value,
        "line": draft.line,
        "text": draft.text,
        "draft_line": draft.line,
        "draft_text": draft.text,
        "draft_sources": draft.sources,
        "draft_writer": draft.writer,
        "draft_shape": draft.shape,
        "why": why,
        "drafted_at": at,
        "changed_at": at,
    }


async def _add_prompt(connection: AsyncConnection, row: dict[str, Any], refusal: PromptStep | None) -> Prompt:
    steps = [PromptStep(at=row["drafted_at"], state=PromptState.PENDING, by="agent", text=row["text"])]
    if refusal is not None:
        steps.append(refusal)
        row |= {"state": refusal.state.value, "changed_at": refusal.at}
    added = (await connection.execute(insert(prompts).values(row).returning(prompts))).one()
    for step in steps:
        await _add_step(connection, added.id, step)
    return _prompt(added, tuple(steps))


async def _take_step(
    connection: AsyncConnection, prompt_id: int, expected: PromptState, step: PromptStep, line: str | None = None
) -> bool:
    """Whether the prompt still was in the state `expected`; then it has taken the step."""
    changes = {"state": step.state.value, "changed_at": step.at}
    if line is not None:
        changes |= {"line": line, "text": step.text}
    which = update(prompts).where(prompts.c.id == prompt_id, prompts.c.state == expected.value)
    if (await connection.execute(which.values(changes))).rowcount == 0:
        return False
    await _add_step(connection, prompt_id, step)
    return True


async def _add_step(connection: AsyncConnection, prompt_id: int, step: PromptStep) -> None:
    row = insert(prompt_steps).values(
        prompt_id=prompt_id, at=step.at, state=step.state.value, author=step.by, text=step.text, reason=step.reason
    )
    await connection.execute(row)


def _prompt(row: Row[Any], steps: tuple[PromptStep, ...]) -> Prompt:
    return Prompt(
        id=row.id,
        session_id=row.session_id,
        number=row.number,
        mode=row.mode,
        state=PromptState(row.state),
        line=row.line,
        text=row.text,
        draft=Draft(
            line=row.draft_line,
            text=row.draft_text,
            sources=row.draft_sources,
            writer=row.draft_writer,
            shape=row.draft_shape,
        ),
        why=row.why,
        drafted_at=row.drafted_at,
        changed_at=row.changed_at,
        steps=steps,
    )
