"""What is to be said of the operator's own plan beside what the template's rules say. Pure."""

from dataclasses import replace

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.ui.paper.opening import misread


def remarked(dashboard: Dashboard) -> Dashboard:
    """The dashboard with a warning for front matter that is none, and each hype word, shout or link; some ms."""
    # The guard's rules are read when the first plan is looked at, not before the first paint.
    from sanctum_tui.llm.planning import WORD_RULES, check

    said = (finding.reason for finding in check(dashboard) if finding.rule in WORD_RULES)
    trouble = misread(dashboard.markdown)
    first = (trouble,) if trouble else ()
    return replace(dashboard, warnings=tuple(dict.fromkeys((*first, *dashboard.warnings, *said))))
