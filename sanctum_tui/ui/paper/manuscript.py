"""What became of the words in the dashboard's editor: saved, on their way, a draft, or overtaken. Pure."""

from dataclasses import dataclass, field

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean, clean_line


@dataclass(slots=True)
class Manuscript:
    """Knows what the file has and what its owner was told. What stands in the editor now is always handed in."""

    in_file: str = ""
    """The text that the file has, as far as we were told."""
    sent: str | None = None
    """The text that the owner has, and has not answered yet."""
    filed: Dashboard = field(default_factory=Dashboard)
    """What was read from the file last."""
    outside: tuple[str, Dashboard] | None = None
    """What something else wrote into the file while there were edits here."""
    drafted: Dashboard = field(default_factory=Dashboard)
    """What was read from the draft."""
    failure: str = ""
    _draft: str | None = None
    """A text that was put here to start from, until it is kept or changed."""
    _draft_name: str = ""

    @property
    def told(self) -> str:
        """The text that the owner has, whether or not it is in the file."""
        return self.in_file if self.sent is None else self.sent

    def proposed(self, text: str) -> bool:
        """Whether what stands here is a draft that nobody has kept or changed."""
        return self._draft is not None and text == self._draft != self.told

    def unsaved(self, text: str) -> str | None:
        """The text, where the file is not known to have it; None where it has."""
        if self.proposed(text):
            return self.sent
        return text if self.sent is not None or text != self.in_file else None

    def begin(self, text: str) -> None:
        """Another dashboard, as it is in its file."""
        self.in_file, self.sent, self.outside, self.failure, self._draft = text, None, None, "", None

    def reload(self, new: str, dashboard: Dashboard, text: str) -> bool:
        """The file has a new text. False where it must not take the place of what stands here, and is offered."""
        edited, proposed = self.unsaved(text) is not None, self.proposed(text)
        self.in_file, self.sent = new, None
        if text == new:
            self.outside, self.failure = None, ""
        elif edited or proposed:
            self.outside, self.filed = (new, dashboard), dashboard
            return False
        else:
            self.outside = None
        return True

    def take_outside(self) -> tuple[str, Dashboard] | None:
        """What something else wrote, which is taken now."""
        taken, self.outside = self.outside, None
        return taken

    def propose(self, draft: str, dashboard: Dashboard, name: str) -> None:
        """A text to start from, which is no edit yet."""
        self._draft, self.drafted, self._draft_name = clean(draft), dashboard, clean_line(name)

    def adopt(self) -> None:
        """The draft is the operator's own text from now on."""
        self._draft = None

    def news(self, text: str) -> str | None:
        """The text, where the owner has to be told of it, who is taken to be told now."""
        if text == self.told or self.proposed(text):
            return None
        self.sent = text
        return text

    def saved(self) -> None:
        """The text told last is in the file."""
        if self.sent is not None:
            self.in_file, self.sent = self.sent, None
        self.failure = ""

    def failed(self, sentence: str) -> None:
        """The text told last could not be saved; it is news again."""
        self.sent, self.failure = None, clean_line(sentence)

    def state(self, text: str) -> str:
        """How it stands, in a word or two."""
        if self.failure:
            return "not saved"
        if self.proposed(text):
            return "a draft, not saved"
        return "saved" if self.unsaved(text) is None else "saving…"

    def notes(self, text: str) -> list[str]:
        """What the operator should know or could do, a row each."""
        notes = [f"✗ Not saved: {self.failure}"] if self.failure else []
        if self.proposed(text):
            notes.append(f"◇ Draft “{self._draft_name}”: write on or Ctrl+G saves it, Ctrl+Z takes it back")
        if self.outside is not None:
            notes.append("! changed outside; ctrl+r takes the file's version")
        return notes
