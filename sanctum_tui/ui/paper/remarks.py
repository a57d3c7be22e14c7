"""What the style guard would say of the operator's own plan, beside what the template's rules say. Pure."""

from dataclasses import replace

from sanctum_tui.dashboard.value import Dashboard


def remarked(dashboard: Dashboard) -> Dashboard:
    """The dashboard with a warning for each hype word, shout or link; some milliseconds."""
    # The guard's rules are read when the first plan is looked at, not before the first paint.
    from sanctum_tui.llm.planning import WORD_RULES, check

    said = (finding.reason for finding in check(dashboard) if finding.rule in WORD_RULES)
    return replace(dashboard, warnings=tuple(dict.fromkeys((*dashboard.warnings, *said))))
