"""What a run lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from core.content import Role
from ops.monitors.content.frontier import Frontier, Limits
from ops.monitors.content.links import Found, Page
from ops.monitors.content.robots import Rules
from ops.monitors.content.urls import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = "https://example.com/blog/"
LIMITS: Final = Limits(pages=4, urls=12, depth=2, variants=2)
RULES: Final = "User-agent: *\nDisallow: /blog/no"
URLS: Final = st.sampled_from(
    [
        *(f"https://example.com/blog/{name}" for name in ("", "a", "b", "c?x=1", "c?x=2", "c?x=3", "no", "d.PDF", "e")),
        *(
            "http://example.com/blog/a",
            "https://example.com/shop",
            "https://other.example/",
            "http://cdn.example/i.png",
        ),
        *(f"https://share.example/?u={number}" for number in range(4)),
    ]
)
PAGES: Final = st.lists(
    st.builds(
        Page,
        URLS,
        st.lists(st.builds(Found, URLS, st.booleans(), st.booleans()), unique_by=lambda found: found.url).map(tuple),
    ),
    max_size=8,
)


def frontier(known: Mapping[str, Role] | None = None) -> Frontier:
    """One that knows the first page, or goes on."""
    return Frontier(Scope.of(ROOT), Rules(RULES), LIMITS, {ROOT: Role.PAGE} if known is None else known)


@given(PAGES, st.integers(0, 3))
def test_no_site_makes_it_leave_its_bounds(pages: list[Page], depth: int) -> None:
    """In pages, addresses, queries and depth; nothing is let in twice, or against the rules, or read that is beside."""
    one = frontier()
    new = [each for page in pages for each in one.offer(page, depth=depth)]
    let_in: dict[str, Role] = {}
    for each in new:
        assert each.url not in let_in or each.is_insecure
        let_in.setdefault(each.url, each.role)
    let_in[ROOT] = Role.PAGE
    read = [url for url, role in let_in.items() if role is Role.PAGE]
    assert len(let_in) <= LIMITS.urls
    assert len(read) <= LIMITS.pages
    assert depth < LIMITS.depth or read == [ROOT]
    assert max(sum(url.startswith(start) for url in let_in) for start in ("https://share.example/?", f"{ROOT}c?")) <= 2
    assert f"{ROOT}no" not in let_in
    assert all("example.com/blog" in url and not url.endswith("PDF") for url in read)


@given(PAGES)
def test_after_a_restart_it_decides_as_before(pages: list[Page]) -> None:
    """From what is stored of what it knew."""
    steady, known = frontier(), {ROOT: Role.PAGE}
    for page in pages:
        again = frontier(known)
        expected = [each for each in steady.offer(page, depth=0) if each.url not in known]
        assert expected == [each for each in again.offer(page, depth=0) if each.url not in known]
        known |= {each.url: each.role for each in expected}
