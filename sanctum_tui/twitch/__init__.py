"""Twitch behind the same protocols as a replay: chat in, approved lines out, and whether the stream is live.

TwitchIO, which is pinned, makes the calls to Twitch's API. What keeps an evening alive is ours: the tokens, the
EventSub connection and its supervision, because TwitchIO 3.3.2 loses chat and grants there (see `supervisor`
and `tokens`). Nothing here is imported before the console's first paint.
"""
