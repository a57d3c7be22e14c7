"""The template's own rules, said gently: how long a text may be, how many tags and goals."""

import re
import unicodedata

from sanctum_tui.dashboard.value import Dashboard

TITLE_MOST = 140
"""Characters Twitch takes for a stream's title."""

NOTIFICATION_MOST = 140
"""Characters Twitch takes for a go-live notification."""

POST_MOST = 280
"""The weight X takes for a post; see `post_length`."""

_LINK_LENGTH = 23
_LINK = re.compile(r"https?://\S+")
_HASHTAG = re.compile(r"(?<![\w&/])[#＃](?=\w*[^\W\d_])\w+")


def post_length(post: str) -> int:
    """A post's length as X weighs it: any link is 23, and what is not in its light ranges counts twice.

    The ranges are those of version 3 of its public ``twitter-text`` configuration; an emoji is two in all.
    """
    bare, links = _LINK.subn("", unicodedata.normalize("NFC", post))
    bare = re.sub("\u200d.|[\ufe0f\U0001f3fb-\U0001f3ff]", "", bare)
    return links * _LINK_LENGTH + sum(1 if _is_light(ord(sign)) else 2 for sign in bare)


def _is_light(code: int) -> bool:
    return code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247


def broken_rules(dashboard: Dashboard) -> list[str]:
    """One sentence for each of the template's rules that the dashboard does not keep."""
    said: list[str] = []
    if (length := len(dashboard.title)) > TITLE_MOST:
        said.append(f"The stream title has {length} characters; Twitch takes {TITLE_MOST}.")
    if (length := len(dashboard.notification)) > NOTIFICATION_MOST:
        said.append(f"The go-live notification has {length} characters; Twitch takes {NOTIFICATION_MOST}.")
    if dashboard.social_post:
        length = post_length(dashboard.social_post)
        if length > POST_MOST:
            said.append(f"The social post counts {length} characters; X takes {POST_MOST}.")
        tags = len(_HASHTAG.findall(dashboard.social_post))
        if not 2 <= tags <= 4:
            said.append(f"The social post has {tags or 'no'} hashtag{'' if tags == 1 else 's'}; two to four do best.")
    if dashboard.goals and not 3 <= len(dashboard.goals) <= 5:
        goals = len(dashboard.goals)
        said.append(f"There {'is one goal' if goals == 1 else f'are {goals} goals'}; three to five fit an evening.")
    return said
