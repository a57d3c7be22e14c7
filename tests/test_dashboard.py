"""What the dashboard's reader and writer promise: forgiving, bounded, and careful with every other byte."""

import time
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sanctum_tui.dashboard.blocks import MOST_CHARACTERS
from sanctum_tui.dashboard.inline import plain
from sanctum_tui.dashboard.markdown import TEMPLATE, parse, replace_field
from sanctum_tui.dashboard.names import KEYS, field_called, human_name
from sanctum_tui.dashboard.reading import settle
from sanctum_tui.dashboard.rules import post_length
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean

FIXTURES = Path(__file__).parent / "fixtures" / "dashboards"
ALL_MISSING = (
    "stream title",
    "game",
    "mood",
    "go-live notification",
    "social post",
    "session goals",
    "content angle",
)
FULL = """\
# Stream Dashboard

- **Game:** Windrose
- **Mood:** calm

### 1. Stream Title

The quiet sea

### 2. Twitch Go Live Notification

We sail at dusk.

### 3. Twitter (X) Announcement Post

Slow water tonight.

#Windrose #Calm

### 4. Session Goals

- Mend the sail
- Find the buoy
- Rest

### 5. One Content Angle

Is the map a promise?
"""

SCRAPS = (
    "# Title", "**Game:** x", "- Mood: y", "Goals:", "- a", "  - b", "1. **Angle**", "> [!note] X Post", "> text",
    "```", "~~~", "---", "===", "", "%%", "<!--", "-->", "    code", "text", "\ttext", "![[x]]", "* * *", ">",
    "- [ ] c", "Playing Windrose", "title: z", "tags: [game/q]", "[a]: b", "Title: \x1b[0m",
)  # fmt: skip
TRAPS = (
    "### 4. Session Goals", "```", "---", "*a*", "[[b]]", "Game: c", "- d", "> e", "#f", "", "<!--", "%%", "`", "  g",
    "1) h", "![i](j)", "&amp;", "“k”", "l:", "[ ] m", "<b>n</b>", "o ^p", "==q==", "$r$", "\\", "title: s",
)  # fmt: skip


def fixture(name: str) -> str:
    return (FIXTURES / name).read_bytes().decode("utf-8")


def values(dashboard: Dashboard) -> dict[str, object]:
    return {key: getattr(dashboard, key) for key in KEYS}


QUIET_SEA: dict[str, object] = {
    "title": "The quiet sea",
    "game": "Windrose",
    "mood": "calm",
    "notification": "We sail at dusk.",
    "social_post": "Slow water tonight.\n\n#Windrose #Calm",
    "goals": ("Mend the sail", "Find the buoy", "Rest"),
    "angle": "Is the map a promise?",
}


class TestReading:
    def test_the_streamers_template_is_read_whole(self) -> None:
        dashboard = parse(FULL)
        assert values(dashboard) == QUIET_SEA
        assert dashboard.missing == ()
        assert dashboard.warnings == ()
        assert dashboard.markdown == FULL

    def test_an_empty_template_misses_everything_by_its_human_name_in_order(self) -> None:
        assert parse(TEMPLATE).missing == ALL_MISSING
        assert parse(TEMPLATE).warnings == ()
        assert parse("").missing == ALL_MISSING

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("start", ["", "\ufeff"])
    def test_line_endings_and_a_byte_order_mark_do_not_matter(self, ending: str, start: str) -> None:
        assert values(parse(start + FULL.replace("\n", ending))) == QUIET_SEA
        for first in ("# Title\n\nThe sea\n", "---\ntitle: The sea\n---\n", "Title: The sea"):
            assert parse(start + first.replace("\n", ending)).title == "The sea"

    def test_numbers_and_levels_of_headings_do_not_matter(self) -> None:
        for number in "12345":
            assert values(parse(FULL.replace(f"### {number}. ", "###### "))) == QUIET_SEA
        assert values(parse(FULL.replace("### ", "# "))) == QUIET_SEA

    def test_an_obsidian_note_is_read(self) -> None:
        dashboard = parse(fixture("obsidian.md"))
        assert values(dashboard) == {
            "title": "The quiet harbour, again",
            "game": "Quiet Harbour",
            "mood": "slow, grey",
            "notification": "We open the harbour gate at dusk.",
            "social_post": "Low tide tonight.\n\n# not a heading\n#QuietHarbour #SlowTV",
            "goals": ("Mend the nets", "Ring the fog bell", "Watch one boat leave"),
            "angle": "What is a harbour for when no boat comes?",
        }
        assert dashboard.missing == ()
        assert dashboard.warnings == ()

    def test_bold_lines_are_headings(self) -> None:
        dashboard = parse(fixture("bold_lines.md"))
        assert values(dashboard) == {
            "title": "Rain on the observatory roof",
            "game": "Dome",
            "mood": "patient",
            "notification": "The dome is open, the sky is not. Come and wait with us.",
            "social_post": "Clouds over the observatory again. We wait for one clear minute."
            "\n\n#StarNight #CozyGames",
            "goals": ("Catalogue seven stars", "Repair the small lens", "Write one letter"),
            "angle": "Is waiting for a clear sky already a kind of looking?",
        }

    def test_a_label_and_its_words_may_share_a_line(self) -> None:
        dashboard = parse(fixture("one_liners.md"))
        assert values(dashboard) == {
            "title": "The quiet sea",
            "game": "Windrose",
            "mood": "calm, grey",
            "notification": "We sail at dusk.",
            "social_post": "Slow water tonight. #Windrose #Calm",
            "goals": ("mend the sail", "find the buoy", "rest"),
            "angle": "Is the map a promise?",
        }

    def test_underlined_headings_and_a_rule_right_below_the_words_are_understood(self) -> None:
        dashboard = parse(fixture("prose.md"))
        assert dashboard.title == "The lamp room"
        assert dashboard.social_post == "We are playing The Long Dusk tonight, slowly."
        assert dashboard.angle == ""

    def test_a_game_only_talked_about_is_taken_and_said_so(self) -> None:
        dashboard = parse(fixture("prose.md"))
        assert dashboard.game == "The Long Dusk"
        assert "game" not in dashboard.missing
        assert any("The Long Dusk" in warning for warning in dashboard.warnings)

    def test_a_game_nobody_names_stays_empty_and_missing(self) -> None:
        dashboard = parse("# Stream Title\n\nA quiet evening of playing slowly\n")
        assert dashboard.game == ""
        assert "game" in dashboard.missing

    @pytest.mark.parametrize(
        "line",
        [
            "Game: Windrose",
            "**Game:** Windrose",
            "**Game**: Windrose",
            "__Game:__ Windrose",
            "- Game: Windrose",
            "* **Game:** [[Windrose]]",
            "Game: [[windrose-notes|Windrose]]",
            "Game:: Windrose",
            "## Game\n\nWindrose",
            "## 🎮 Game: *Windrose*",
            "**Game**\nWindrose",
            "Game:\n\nWindrose",
            "- Game\n\n### Category\nWindrose",
            "---\ngame: Windrose\n---",
            "---\ngame: '[[Windrose]]'\n---\n",
            "---\ntags: [game/windrose]\n---\n",
            "> Game: Windrose",
            "Game：Windrose",
            "Now playing: [Windrose](https://example.org)",
        ],
    )
    def test_a_game_is_found_however_it_is_written(self, line: str) -> None:
        for text in (line, line + "\n", line + "\n\n### 1. Stream Title\n\nThe sea\n"):
            assert parse(text).game == "Windrose"

    @given(
        bullet=st.sampled_from(["", "- ", "* ", "1. ", "> ", "- [ ] "]),
        marks=st.sampled_from(["*", "**", "***", "_", "__", "___"]),
        name=st.sampled_from([("Stream Title", "title"), ("Game", "game"), ("Mood", "mood"), ("Angle", "angle")]),
        label=st.sampled_from(
            ["{0}{1}:{0}{2}", "{0}{1}: {0}{2}", "{0}{1}:{0} {2}", "{0}{1}{0}:{2}", "{0}{1}:{2}{0}"]
        ),
        words=st.sampled_from(["xyz", "Chess", "The *quiet* sea", "**calm**", "2 a.m."]),
    )
    @example("", "**", ("Stream Title", "title"), "{0}{1}:{0}{2}", "xyz")
    @example("- ", "**", ("Game", "game"), "{0}{1}:{0}{2}", "Chess")
    def test_a_label_in_bold_or_italics_is_read_with_a_space_behind_it_or_none(
        self, bullet: str, marks: str, name: tuple[str, str], label: str, words: str
    ) -> None:
        line = bullet + label.format(marks, name[0], words)
        assume("{2}{0}" not in label or not set(marks) & set(words))
        assert getattr(parse(line), name[1]) == plain(words)

    @pytest.mark.parametrize("line", ["**Game:**Chess", "- **Game:**Chess", "**Game: **Chess", "**Game:Chess**"])
    def test_words_right_behind_a_bold_label_are_replaced_where_they_stand(self, line: str) -> None:
        after = replace_field(f"{line}\n", "game", "Windrose")
        assert after == line.replace("Chess", "Windrose") + "\n"
        assert parse(after).game == "Windrose"

    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("1. Stream Title", "title"),
            ("🌙 Title", "title"),
            ("2) Twitch Go-Live Notification", "notification"),
            ("Going Live Notification", "notification"),
            ("Go Live", "notification"),
            ("3. Twitter (X) Announcement Post", "social_post"),
            ("X Post", "social_post"),
            ("Tweet", "social_post"),
            ("Social post", "social_post"),
            ("Announcement", "social_post"),
            ("Tonight’s Goals", "goals"),
            ("Goals for tonight", "goals"),
            ("5. One Content Angle", "angle"),
            ("The angle", "angle"),
            ("Theme", "mood"),
            ("Vibe", "mood"),
            ("Tone", "mood"),
            ("CATEGORY", "game"),
            ("Playing", "game"),
            ("Notes", ""),
            ("Stream", ""),
            ("The title of the book we read aloud last winter", ""),
        ],
    )
    def test_forgiving_names_are_known_and_others_are_not(self, name: str, key: str) -> None:
        assert field_called(name) == key

    @pytest.mark.parametrize(
        ("body", "title"),
        [
            ("```\nThe *quiet* sea\n```", "The *quiet* sea"),
            ("Copy this:\n\n```\nThe quiet sea\n```", "The quiet sea"),
            ("> The quiet sea", "The quiet sea"),
            ("> [!tip] Keep it short\n> Under 140.\n\nThe quiet sea", "The quiet sea"),
            ("“The quiet sea”", "The quiet sea"),
            ("- The quiet sea\n- The loud sea", "The quiet sea"),
            ("1. The quiet sea", "The quiet sea"),
            ("**The quiet sea**", "The quiet sea"),
            ("The [quiet](https://example.org) `sea`", "The quiet sea"),
            ("The quiet\nsea", "The quiet sea"),
            ("    The quiet sea", "The quiet sea"),
            ("<!-- at most 140 -->\n\nThe quiet sea", "The quiet sea"),
            ("%%not this%%The quiet sea", "The quiet sea"),
            ("The quiet &amp; sea", "The quiet & sea"),
            ("The quiet \\*sea\\*", "The quiet *sea*"),
            ("```mermaid\ngraph TD\n```\nThe quiet sea", "The quiet sea"),
        ],
    )
    def test_a_title_is_its_words_without_their_dress(self, body: str, title: str) -> None:
        assert parse(f"### 1. Stream Title\n\n{body}\n\n### Notes\n\nNothing.\n").title == title

    def test_headings_and_labels_inside_a_fence_are_text(self) -> None:
        dashboard = parse("```\n### 1. Stream Title\n\nNot this\nGame: Nor this\n```\n\n# Title\n\nThis\n")
        assert dashboard.title == "This"
        assert dashboard.game == ""

    def test_an_unknown_heading_ends_a_section_and_a_deeper_one_does_not(self) -> None:
        dashboard = parse("## Goals\n\n### First\n\n- a\n\n### Then\n\n- b\n\n## Snacks\n\n- bread\n")
        assert dashboard.goals == ("a", "b")

    def test_a_numbered_list_of_bold_names_is_read(self) -> None:
        dashboard = parse(
            "1. **Stream Title**\n   The sea\n2. **Session Goals**\n   - a\n   - b\n3. **Angle:** Why?\n"
        )
        assert (dashboard.title, dashboard.goals, dashboard.angle) == ("The sea", ("a", "b"), "Why?")

    def test_a_label_inside_the_social_post_stays_in_the_post(self) -> None:
        dashboard = parse("### X Post\n\nTonight.\n\nMood: low tide\n\n#a #b\n")
        assert dashboard.social_post == "Tonight.\n\nMood: low tide\n\n#a #b"
        assert dashboard.mood == ""

    def test_the_first_heading_with_words_wins_and_the_second_is_told(self) -> None:
        dashboard = parse("# Title\n\n# Title\n\nThis\n\n# Stream Title\n\nNot this\n")
        assert dashboard.title == "This"
        assert any("stream title is there 3 times" in warning for warning in dashboard.warnings)

    def test_front_matter_is_only_a_fallback(self) -> None:
        front = (
            "---\ntitle: Front\nmood:\n  - slow\n  - grey\ngoals:\n- a\n- b\nangle: >\n  What is\n  it for?\n---\n"
        )
        dashboard = parse(front + "# Title\n\nBody\n")
        assert dashboard.title == "Body"
        assert dashboard.mood == "slow, grey"
        assert dashboard.goals == ("a", "b")
        assert dashboard.angle == "What is it for?"

    def test_front_matter_that_never_ends_is_told(self) -> None:
        assert any("never ends" in warning for warning in parse("---\ntitle: x\n\n# Title\n\nA\n").warnings)

    def test_what_a_terminal_would_obey_is_taken_out(self) -> None:
        dashboard = parse("# Title\n\nsea\x1b[31m \u202ered\x07\n\n# Game\n\nWind\x9brose\U000e0041\n")
        assert dashboard.title == "sea[31m red"
        assert dashboard.game == "Windrose"


class TestRules:
    def test_each_of_the_templates_rules_is_said_gently(self) -> None:
        text = (
            f"# Title\n\n{'a' * 141}\n\n# Notification\n\n{'b' * 141}\n\n# X Post\n\n{'c' * 281} #one\n\n"
            "# Goals\n\n- only\n"
        )
        warnings = "\n".join(parse(text).warnings)
        for part in ("title has 141", "notification has 141", "counts 286", "1 hashtag;", "is one goal"):
            assert part in warnings

    def test_what_keeps_the_rules_to_the_letter_is_not_warned_about(self) -> None:
        text = (
            f"# Title\n\n{'a' * 140}\n\n# Notification\n\n{'b' * 140}\n\n# X Post\n\n{'c' * 272} #a1 #b2\n\n"
            "# Goals\n\n- a\n- b\n- c\n- d\n- e\n"
        )
        assert parse(text).warnings == ()

    def test_a_post_is_weighed_as_x_weighs_it(self) -> None:
        assert post_length("a https://example.org/a/very/long/address b") == 23 + 4
        assert post_length("海") == 2
        assert post_length("👨‍👩‍👧") == 2


class TestBounds:
    def test_a_very_long_file_is_read_to_its_bound_and_told(self) -> None:
        dashboard = parse(FULL + "word and word\n" * (MOST_CHARACTERS // 10))
        assert dashboard.title == "The quiet sea"
        assert any("very long" in warning for warning in dashboard.warnings)

    def test_what_is_behind_the_bound_is_not_read(self) -> None:
        dashboard = parse(f"# Notes\n\n{'w' * MOST_CHARACTERS}\n\n# Title\n\nToo late\n")
        assert dashboard.title == ""
        assert any("very long" in warning for warning in dashboard.warnings)

    @pytest.mark.parametrize(
        "unit",
        [">", "- ", "- a\n", "**Title:** a\n", "[", "![", "%%", "`", "# Title\n", "a_", "> [!note] Title\n", "<a"],
    )
    def test_a_megabyte_of_anything_does_not_hang(self, unit: str) -> None:
        garbage = unit * (1_000_000 // len(unit))
        began = time.process_time()
        parse("# Angle\n" + garbage)
        assert time.process_time() - began < 2.0

    @settings(max_examples=150, deadline=None)
    @given(st.text(st.characters(codec=None), max_size=300))
    @example("---\n   ")
    @example("---")
    @example("\ufeff")
    @example("# Title\n\ud800")
    @example("[a]: \ud800\n[a](\ud800)\n# Title: <http://\ud800>")
    @example("# Title\n\u2003\nx\n\x0b\x0c\x85")
    def test_any_text_is_read_without_an_error_and_kept(self, text: str) -> None:
        dashboard = parse(text)
        assert dashboard.markdown == text
        for value in (dashboard.title, dashboard.social_post, dashboard.angle, *dashboard.goals, *dashboard.warnings):
            assert value == clean(value)

    @settings(max_examples=250, deadline=None)
    @given(st.lists(st.sampled_from(SCRAPS), max_size=14))
    def test_any_arrangement_of_markdown_is_read_and_says_what_is_missing(self, lines: list[str]) -> None:
        dashboard = parse("\n".join(lines))
        missing = tuple(human_name(key) for key in KEYS if not getattr(dashboard, key))
        assert dashboard.missing == missing


class TestWriting:
    @pytest.mark.parametrize("key", KEYS)
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_only_the_fields_own_words_change(self, key: str, ending: str) -> None:
        before = (
            "\ufeff---\nx:   1  \n---\n"
            + FULL.replace("The quiet sea", "The quiet sea   ")
            + "\n## Notes\n\nkept  \n"
        )
        before = before.replace("\n", ending)
        after = replace_field(before, key, "Another thing")
        old, new = before.split(ending), after.split(ending)
        start = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
        end = next(i for i, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b)
        assert "Another thing" in ending.join(new[start : len(new) - end])
        changed = ending.join(old[start : len(old) - end])
        was = QUIET_SEA[key]
        assert all(word in changed for word in (was if isinstance(was, tuple) else str(was).split("\n\n")))
        assert changed.count("###") == 0
        assert changed.count(ending) <= 2
        assert values(parse(after)) == QUIET_SEA | {key: settle(key, "Another thing")}

    @pytest.mark.parametrize("key", KEYS)
    def test_writing_what_is_there_changes_nothing(self, key: str) -> None:
        was = QUIET_SEA[key]
        value = "\n".join(was) if isinstance(was, tuple) else str(was)
        for markdown in (FULL, FULL.removesuffix("\n"), FULL.replace("\n", "\r\n")):
            assert replace_field(markdown, key, value) == markdown

    def test_a_missing_section_is_appended_in_the_templates_style(self) -> None:
        assert replace_field("# Plans", "goals", "rest\nsleep") == (
            "# Plans\n\n### 4. Session Goals\n\n- rest\n- sleep\n"
        )
        assert replace_field("", "title", "The sea") == "### 1. Stream Title\n\nThe sea\n"

    def test_an_empty_template_can_be_filled_field_by_field(self) -> None:
        markdown = TEMPLATE
        for key, was in QUIET_SEA.items():
            markdown = replace_field(markdown, key, "\n".join(was) if isinstance(was, tuple) else str(was))
        assert values(parse(markdown)) == QUIET_SEA
        assert parse(markdown).warnings == ()
        assert "- **Game:** Windrose\n- **Mood:** calm\n" in markdown
        assert markdown.count("#") == TEMPLATE.count("#") + 2

    def test_words_stay_in_their_fence_their_quote_and_their_front_matter(self) -> None:
        note = fixture("obsidian.md")
        post = replace_field(note, "social_post", "High tide.\n\n#A #B")
        assert "Copy this:\r\n\r\n```text\r\nHigh tide.\r\n\r\n#A #B\r\n```\r\n" in post
        assert "> [!quote] Go-Live Notification\r\n> Closed.\r\n" in replace_field(note, "notification", "Closed.")
        assert replace_field(note, "mood", "bright") == note.replace('mood: "slow, grey"', "mood: bright")

    @pytest.mark.parametrize(
        ("key", "value", "line"),
        [
            ("title", "a *b* [c]", r"a \*b\* \[c\]"),
            ("title", "1. first", r"1\. first"),
            ("title", "# a", r"\# a"),
            ("notification", "plain, with (brackets) - and a dash!", "plain, with (brackets) - and a dash!"),
            ("social_post", "#one #two", "#one #two"),
            ("goals", "find_the_buoy", "- find_the_buoy"),
            ("goals", "find *the* buoy", r"- find \*the\* buoy"),
        ],
    )
    def test_signs_of_markdown_are_escaped_only_where_they_would_be_read(
        self, key: str, value: str, line: str
    ) -> None:
        after = replace_field(FULL, key, value)
        assert line in after.split("\n")
        assert getattr(parse(after), key) == settle(key, value)

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(st.sampled_from(SCRAPS), max_size=9).map("\n".join),
        st.sampled_from(KEYS),
        st.lists(st.sampled_from(TRAPS), min_size=1, max_size=3).map("\n".join),
    )
    @example("---\n%%\n---", "title", "%%")
    def test_a_field_can_be_written_into_any_page(self, page: str, key: str, value: str) -> None:
        wanted = settle(key, value)
        after = replace_field(page, key, value)
        assert not wanted or getattr(parse(after), key) == wanted

    def test_words_of_many_lines_move_from_a_label_to_a_section(self) -> None:
        after = replace_field(fixture("one_liners.md"), "social_post", "One.\n\n#two #three")
        assert after.endswith("\n### 3. Twitter (X) Announcement Post\n\nOne.\n\n#two #three\n")
        assert "X Post" not in after
        assert parse(after).warnings == ()

    def test_an_empty_value_takes_the_words_out_and_leaves_the_heading(self) -> None:
        after = replace_field(FULL, "title", "")
        assert parse(after).missing == ("stream title",)
        assert "### 1. Stream Title\n" in after

    def test_a_field_there_is_not_is_refused(self) -> None:
        with pytest.raises(KeyError):
            replace_field(FULL, "markdown", "x")

    @settings(max_examples=200, deadline=None)
    @given(
        st.sampled_from(KEYS),
        st.one_of(st.text(max_size=40), st.lists(st.sampled_from(TRAPS), max_size=5).map("\n".join)),
        st.sampled_from(["FULL", "TEMPLATE", "", *sorted(p.name for p in FIXTURES.iterdir())]),
    )
    def test_whatever_is_written_is_read_back_and_nothing_else_moves(self, key: str, value: str, page: str) -> None:
        markdown = (
            {"FULL": FULL, "TEMPLATE": TEMPLATE, "": ""}.get(page) if not page.endswith(".md") else fixture(page)
        )
        assert markdown is not None
        wanted = settle(key, value)
        after = parse(replace_field(markdown, key, value))
        # The game of this page is only guessed from its post, and may go with it.
        moving = {key, "game"} if page == "prose.md" else {key}
        others = {name: words for name, words in values(parse(markdown)).items() if name not in moving}
        if wanted or page in ("FULL", "one_liners.md", "bold_lines.md"):
            assert getattr(after, key) == wanted
            assert {name: words for name, words in values(after).items() if name not in moving} == others


class TestInline:
    @settings(max_examples=100, deadline=None)
    @given(st.text(st.characters(codec=None), max_size=200))
    def test_plain_words_are_clean_for_any_text(self, text: str) -> None:
        assert plain(text) == clean(plain(text))
