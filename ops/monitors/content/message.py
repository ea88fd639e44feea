"""The message about what a run has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core.content import IssueKind
from core.messages import Composed, MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.content import Issue
    from core.sites import Site

#: Issues of a kind that a message names; it counts the others.
_NAMED: Final = 50
#: What an issue is called, one and many.
_NAMES: Final = {
    IssueKind.BROKEN_LINK: ("broken link", "broken links"),
    IssueKind.MIXED_CONTENT: ("insecure resource", "insecure resources"),
}
_MEANINGS: Final = {
    IssueKind.BROKEN_LINK: "lead nowhere",
    IssueKind.MIXED_CONTENT: "are taken in over http by pages over https; browsers may leave them out",
}


def new_issues(site: Site, issues: Sequence[Issue]) -> Composed:
    """Return the message about issues that are new, at least one."""
    by_kind = {kind: [issue for issue in issues if issue.kind is kind] for kind in IssueKind}
    found = {kind: some for kind, some in by_kind.items() if some}
    title = " and ".join(f"{len(some)} new {_NAMES[kind][len(some) > 1]}" for kind, some in found.items())
    return Composed(
        kind=MessageKind.CONTENT_ISSUES,
        title=f"{title} on {site.domain}",
        text="\n\n".join(_part(kind, some) for kind, some in found.items()),
        data={
            "broken_links": [_issue(issue) for issue in by_kind[IssueKind.BROKEN_LINK][:_NAMED]],
            "broken_links_count": len(by_kind[IssueKind.BROKEN_LINK]),
            "mixed_content": [_issue(issue) for issue in by_kind[IssueKind.MIXED_CONTENT][:_NAMED]],
            "mixed_content_count": len(by_kind[IssueKind.MIXED_CONTENT]),
        },
    )


def _part(kind: IssueKind, issues: Sequence[Issue]) -> str:
    lines = [f"These {_MEANINGS[kind]}:", ""]
    for issue in issues[:_NAMED]:
        status = f"{issue.status_code} " if kind is IssueKind.BROKEN_LINK and issue.status_code else ""
        said = f": {status}{issue.message}" if kind is IssueKind.BROKEN_LINK else ""
        lines += [f"- {issue.url}{said}", f"  on {issue.found_on}"]
    if len(issues) > _NAMED:
        lines.append(f"- and {len(issues) - _NAMED} more")
    return "\n".join(lines)


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "url": issue.url,
        "found_on": issue.found_on,
        "status_code": issue.status_code,
        "error_message": issue.message,
    }
