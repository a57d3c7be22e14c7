"""The registry's keys as Textual's bindings: those of the app, and those of each pane."""

from textual.binding import Binding, BindingType

from sanctum_tui.ui.actions import ACTIONS


def bindings_of(pane: str = "") -> list[BindingType]:
    """The bindings of a pane, or of the app; each has its action's id, by which a key map changes its key.

    That of the palette comes before whatever has the focus, as Textual's own would.
    """
    return [
        Binding(
            action.key,
            action.handler if pane else f"do('{action.id}')",
            action.label,
            show=False,
            priority=action.id == "screen.palette",
            id=action.id,
            tooltip=action.help,
        )
        for action in ACTIONS
        if action.pane == pane
    ]
