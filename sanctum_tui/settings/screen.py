"""The settings of the screen, once: how it looks, how it is driven, and how it calls the operator."""

from typing import Annotated, Literal

from msgspec import Meta

from sanctum_tui.settings.fields import EveningSettings


class Settings(EveningSettings, frozen=True, kw_only=True):
    """What the operator may choose. ``live`` in a field's extra: it may change while the console runs."""

    theme: Annotated[str, Meta(description="Name of a colour theme.", extra={"group": "Screen", "live": True})] = (
        "hearth"
    )
    bell: Annotated[
        bool,
        Meta(description="Ring the terminal's bell when a line waits.", extra={"group": "Screen", "live": True}),
    ] = False
    status_language: Annotated[
        Literal["en", "zh"],
        Meta(
            description="Language of the short lines that tell what the agent is doing.",
            extra={"group": "Screen", "live": True},
        ),
    ] = "en"
    status_delay_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            description="How long the agent must be at work before a line tells what it is doing.",
            extra={"group": "Screen", "unit": "seconds", "live": True},
        ),
    ] = 1.0
    layout: Annotated[
        Literal["auto", "narrow", "standard", "wide", "portrait"],
        Meta(
            description="How the panes stand; auto: as the terminal's size asks for.",
            extra={"group": "Screen", "live": True},
        ),
    ] = "auto"
    big_text: Annotated[
        bool,
        Meta(
            description="Large type for a monitor that is far away.",
            extra={"group": "Screen", "live": True},
        ),
    ] = False
    private_mode: Annotated[
        bool,
        Meta(
            description="Hide what should not be on stream: notes, flagged names, tokens, addresses.",
            extra={"group": "Screen", "live": True},
        ),
    ] = False
    animations: Annotated[
        bool,
        Meta(
            description="Let the console move things smoothly; off, everything is where it belongs at once.",
            extra={"group": "Screen"},
        ),
    ] = False
    keymap: Annotated[
        tuple[str, ...],
        Meta(
            description="Keys of your own, each as ID=KEY (screen.zoom=f5, review.hold=ctrl+g); help has the ids.",
            extra={"group": "Screen"},
        ),
    ] = ()
    vim_keys: Annotated[
        bool,
        Meta(
            description="Let j, k, g and G scroll the chat or the ledger while the focus is in it, as Ctrl+D and "
            "Ctrl+U always do.",
            extra={"group": "Screen"},
        ),
    ] = False
    notify_title: Annotated[
        bool,
        Meta(
            description="Say in the terminal's title that a line waits.",
            extra={"group": "Screen", "live": True},
        ),
    ] = True
    notify_desktop: Annotated[
        Literal["off", "auto", "osc9", "osc777", "osc99"],
        Meta(
            description="Notify the desktop through the terminal when a line waits, by the sequence that it "
            "knows; auto: by the terminal's name.",
            extra={"group": "Screen", "live": True},
        ),
    ] = "off"
    notify_border: Annotated[
        bool,
        Meta(
            description="Give the card a heavy border, which does not blink, while a line waits.",
            extra={"group": "Screen", "live": True},
        ),
    ] = True
