"""Every setting but the screen's, once: its name, type, bounds, unit, default, and what it is for.

A setting is a field of `Settings`, which adds those of the screen (`screen.py`). Its name in capitals is its
name in the environment, in ``.env``, in the TOML file and behind ``--set``. The README's table is tested
against both files.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sanctum_tui.settings.models import ModelChoice, ModelsOrder
from sanctum_tui.settings.secret import Secret

KNOWN_BOTS = (
    "nightbot", "streamelements", "streamlabs", "moobot", "fossabot", "wizebot", "soundalerts", "sery_bot",
    "streamstickers", "pretzelrocks", "kofistreambot", "botrixofficial", "phantombot", "coebot", "deepbot",
    "ankhbot", "vivbot", "stay_hydrated_bot", "streamavatars", "tangiabot", "blerp", "dixperbro", "lolrankbot",
    "mikuia", "own3d", "playwithviewersbot", "pokemoncommunitygame", "rainmaker", "restreambot", "songlistbot",
    "streamcaptainbot", "streamholics", "supibot", "titlechange_bot", "twitchprimereminder", "ohbot",
    "buttsbot", "commanderroot", "thepositivebot", "creatisbot", "frostytoolsdotcom", "regressz", "overlayexpert",
)  # fmt: skip
"""Accounts that bring services to many channels, by login; the default of the setting."""


class EveningSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator may choose of the evening; `Settings` has the screen's besides.

    ``live`` in a field's extra: it may change while the console runs.
    """

    twitch_channel_name: Annotated[
        str,
        Meta(
            description="Your channel's name on Twitch, in lower case; empty: that of the account you log in with.",
            extra={"group": "Twitch"},
        ),
    ] = ""
    twitch_client_id: Annotated[
        str,
        Meta(
            description="Client id of the application you registered with Twitch, with the client type Public.",
            extra={"group": "Twitch"},
        ),
    ] = ""
    twitch_client_secret: Annotated[
        Secret,
        Meta(
            description="Secret of an application of the type Confidential, whose tokens cannot be refreshed without "
            "it; a Public one has none. Never shown.",
            extra={"group": "Twitch"},
        ),
    ] = Secret()
    twitch_access_token: Annotated[
        Secret,
        Meta(
            description="A user access token you have already, with or without oauth: before it; empty: the one "
            "that `sanctum-tui login` fetched. Never shown.",
            extra={"group": "Twitch"},
        ),
    ] = Secret()
    twitch_refresh_token: Annotated[
        Secret,
        Meta(
            description="The refresh token that belongs to TWITCH_ACCESS_TOKEN; what it is traded for is kept in "
            "our own store. Never shown.",
            extra={"group": "Twitch"},
        ),
    ] = Secret()
    twitch_bot_username: Annotated[
        str,
        Meta(
            description="Account that the agent's approved lines are posted from; your own where empty. Its lines "
            "never reset the silence clock.",
            extra={"group": "Twitch"},
        ),
    ] = ""
    twitch_require_live_stream: Annotated[
        bool,
        Meta(
            description="Post only while the stream is known to be live. Off, it posts to an offline room too.",
            extra={"group": "Twitch", "live": True},
        ),
    ] = True
    twitch_offline_chat_test_mode: Annotated[
        bool,
        Meta(
            description="For a rehearsal: treat an offline channel as if it were live, and say so on screen.",
            extra={"group": "Twitch", "live": True},
        ),
    ] = False
    twitch_live_poll_seconds: Annotated[
        float,
        Meta(
            ge=10,
            le=600,
            description="How often Twitch is asked whether the stream is live; events correct it in between.",
            extra={"group": "Twitch", "unit": "seconds", "live": True},
        ),
    ] = 60.0
    twitch_messages_per_30_seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=100,
            description="How many messages the console sends within 30 seconds at the most. Twitch allows 20, and "
            "100 to moderators.",
            extra={"group": "Twitch", "unit": "messages", "live": True},
        ),
    ] = 20
    stream_end_grace_minutes: Annotated[
        float,
        Meta(
            ge=0,
            le=120,
            description="How long after the stream's end the evening goes on, in case the stream comes back.",
            extra={"group": "Twitch", "unit": "minutes", "live": True},
        ),
    ] = 5.0
    twitch_server: Annotated[
        str,
        Meta(
            description="A stand-in for Twitch on this machine, for a rehearsal (http://127.0.0.1:PORT); empty: "
            "Twitch itself.",
            extra={"group": "Twitch"},
        ),
    ] = ""

    llm_provider: Annotated[
        Literal["", "openai", "ollama", "lmstudio", "compatible"],
        Meta(description="Who writes the lines; empty: the offline composer.", extra={"group": "Words"}),
    ] = ""
    llm_base_url: Annotated[
        str, Meta(description="Address of the model's server, up to and with /v1.", extra={"group": "Words"})
    ] = ""
    llm_api_key: Annotated[
        Secret, Meta(description="Key for the model's server. Never shown.", extra={"group": "Words"})
    ] = Secret()
    llm_model: Annotated[str, Meta(description="Name of the model.", extra={"group": "Words"})] = ""
    models: Annotated[
        tuple[ModelChoice, ...],
        Meta(
            description="Several models instead of one, in the order in which they are tried: tables under "
            "[[models]], in config.toml alone.",
            extra={"group": "Words", "tables": True},
        ),
    ] = ()
    models_order: Annotated[
        ModelsOrder,
        Meta(
            description="Which of them each phase asks, by name: information and message under [models_order], in "
            "config.toml alone; empty: all, in their order.",
            extra={"group": "Words", "tables": True},
        ),
    ] = ModelsOrder()
    llm_budget_tokens: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000_000,
            description="How much the models may read and write in one evening, all together; 0: no limit.",
            extra={"group": "Words", "unit": "tokens", "live": True},
        ),
    ] = 0
    llm_budget_cost: Annotated[
        float,
        Meta(
            ge=0,
            le=1_000_000,
            description="What the models may cost in one evening, by the prices in [[models]] and in their currency; "
            "0: no limit.",
            extra={"group": "Words", "live": True},
        ),
    ] = 0.0
    writing_seconds: Annotated[
        float,
        Meta(
            ge=5,
            le=600,
            description="How long the models may take for one draft, looking things up and all tries included; then "
            "the offline composer writes it.",
            extra={"group": "Words", "unit": "seconds", "live": True},
        ),
    ] = 90.0
    agent_language: Annotated[
        Literal["en", "zh", "any"],
        Meta(
            description="Language of the agent's lines; a line in another one is shown as rejected. The offline "
            "composer writes English.",
            extra={"group": "Words", "live": True},
        ),
    ] = "en"
    agent_may_name_viewers: Annotated[
        bool,
        Meta(
            description="Let a line stand that has the name of somebody who wrote in chat.",
            extra={"group": "Words", "live": True},
        ),
    ] = False
    agent_signature: Annotated[
        str,
        Meta(
            max_length=60,
            description="Put behind every posted line, so that it says openly that an AI steward speaks; empty: "
            "nothing is added.",
            extra={"group": "Words", "live": True},
        ),
    ] = "— Chronicler, AI steward"
    style_max_characters: Annotated[
        int,
        Meta(
            ge=40,
            le=400,
            description="The longest line the style guard lets stand, without its signature.",
            extra={"group": "Words", "unit": "characters", "live": True},
        ),
    ] = 200
    channel_rules: Annotated[
        str,
        Meta(
            max_length=1000,
            description="The channel's rules in a few sentences, which a model is told before it writes.",
            extra={"group": "Words", "live": True},
        ),
    ] = ""

    agent_loop_interval_seconds: Annotated[
        float,
        Meta(
            ge=1,
            le=3600,
            description="How often the agent looks at the room and decides.",
            extra={"group": "Agent", "unit": "seconds", "live": True},
        ),
    ] = 60.0
    hearthkeeper_inactivity_minutes: Annotated[
        float,
        Meta(
            gt=0,
            le=1440,
            description="How long no person has written before the Hearthkeeper may draft a line.",
            extra={"group": "Agent", "unit": "minutes", "live": True},
        ),
    ] = 15.0
    hearthkeeper_prompt_interval_minutes: Annotated[
        float,
        Meta(
            ge=0,
            le=1440,
            description="How long after a line was posted or skipped, or an answer posted, before it may draft "
            "the next.",
            extra={"group": "Agent", "unit": "minutes", "live": True},
        ),
    ] = 15.0
    hearthkeeper_session_budget: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="How many lines it may post in one session; answers are not counted.",
            extra={"group": "Agent", "unit": "lines", "live": True},
        ),
    ] = 8
    let_it_be_minutes: Annotated[
        float,
        Meta(
            gt=0,
            le=1440,
            description="How long the let-it-be key keeps the agent quiet, unless you say another number.",
            extra={"group": "Agent", "unit": "minutes", "live": True},
        ),
    ] = 15.0
    known_bots: Annotated[
        tuple[str, ...],
        Meta(
            description="Logins of bots, whose lines never reset the silence clock. A leading + adds to the "
            "default list instead of replacing it (+mybot).",
            extra={"group": "Agent"},
        ),
    ] = KNOWN_BOTS
    silence_counts_commands: Annotated[
        bool,
        Meta(description="Let a person's !command reset the silence clock.", extra={"group": "Agent"}),
    ] = False

    review_undo_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            description="How long an approved line can be taken back before it goes out.",
            extra={"group": "Review", "unit": "seconds", "live": True},
        ),
    ] = 4.0

    database_url: Annotated[
        Secret,
        Meta(
            description="Where evenings are stored, as SQLAlchemy writes it (sqlite+aiosqlite:///FILE); empty: "
            "a file in your data folder.",
            extra={"group": "Files"},
        ),
    ] = Secret()
    export_path: Annotated[
        str,
        Meta(description="Folder that ledgers are written to; empty: your documents.", extra={"group": "Files"}),
    ] = ""
    dashboard_path: Annotated[
        str,
        Meta(
            description="Tonight's stream dashboard, a markdown file; empty: the one beside the log, or one in "
            "your data folder.",
            extra={"group": "Files"},
        ),
    ] = ""
    knowledge_path: Annotated[
        str,
        Meta(
            description="Folder of markdown notes that a model may be told passages of, an Obsidian vault for "
            "example; empty: none. It is only read.",
            extra={"group": "Files"},
        ),
    ] = ""

    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Meta(description="How much goes to the log file.", extra={"group": "Files"}),
    ] = "INFO"
