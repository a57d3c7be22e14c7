"""Where one line is edited in place: wrapped, on one line, without anything a terminal would obey."""

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.document._document import EditResult
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit

from sanctum_tui.text import clean_line


class LineEditor(TextArea):
    """Enter is for the owner; a pasted line break becomes a space."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Approve these words", show=False, id="editor.submit", priority=True),
        Binding("escape", "leave", "Leave the editor", show=False, id="editor.leave", priority=True),
    ]

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, editor: "LineEditor") -> None:
            super().__init__()
            self.editor = editor

    class Left(Submitted):
        """Escape was pressed."""

    class Paged(Submitted):
        """Page up or page down was pressed: so many pages down, or up where that is below zero."""

        def __init__(self, editor: "LineEditor", pages: int) -> None:
            super().__init__(editor)
            self.pages = pages

    def __init__(self, text: str) -> None:
        super().__init__(clean_line(text), soft_wrap=True, show_line_numbers=False, id="line-editor")
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Every insertion comes through here, typed or pasted."""
        return super().edit(replace(edit, text=clean_line(edit.text)))

    def action_delete_to_start_of_line(self) -> None:
        """All before the cursor: where it was wrapped is no start of anything. (Textual deletes to there.)"""
        self.delete(self.document.start, self.selection.end, maintain_selection_offset=False)

    async def action_delete_to_end_of_line_or_delete_line(self) -> None:
        """All behind the cursor."""
        self.delete(self.selection.end, self.document.end, maintain_selection_offset=False)

    def action_cursor_page_up(self) -> None:
        """For the owner, around whose words there may be more to see."""
        self.post_message(self.Paged(self, -1))

    def action_cursor_page_down(self) -> None:
        self.post_message(self.Paged(self, 1))

    def page(self, pages: int) -> None:
        """Move the cursor a page among the words."""
        (super().action_cursor_page_down if pages > 0 else super().action_cursor_page_up)()

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self))

    def action_leave(self) -> None:
        # At once, so that the next key is a key again and no letter.
        self.screen.set_focus(None)
        self.post_message(self.Left(self))
