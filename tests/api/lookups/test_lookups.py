"""The look-ups with the lists that come with Footfall."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from api.lookups.agents import Agents
from api.lookups.bots import Bots
from api.lookups.data import rows
from api.lookups.hosts import Hosts
from core.agents import Agent
from core.channels import SourceKind
from core.clicks import Network

AGENTS = Agents.bundled()
BOTS = Bots.bundled()
HOSTS = Hosts.bundled()

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2"


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
            Agent("Chrome", "138", "Windows", "10", "desktop", bot=False),
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15",
            Agent("Safari", "17", "macOS", "10.15", "desktop", bot=False),
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1",
            Agent("Safari", "17", "iOS", "17.2", "mobile", bot=False),
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1",
            Agent("Safari", "17", "iOS", "17.2", "tablet", bot=False),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36",
            Agent("Chrome", "138", "Android", "10", "mobile", bot=False),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 13; SM-X700) {CHROME} Safari/537.36",
            Agent("Chrome", "138", "Android", "13", "tablet", bot=False),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            Agent("Firefox", "140", "Linux", "", "desktop", bot=False),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 12; CUBOT P50) {CHROME} Mobile Safari/537.36",
            Agent("Chrome", "138", "Android", "12", "mobile", bot=False),
        ),
        ("", Agent("", "", "", "", "", bot=True)),
    ],
)
def test_agents(text: str, agent: Agent) -> None:
    """Browser, system, device and verdict of well-known agents."""
    assert AGENTS(text) == agent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36",
        "Some-Unheard-Of Crawler 1.0",
    ],
)
def test_bots(text: str) -> None:
    """Programs are told."""
    assert BOTS(text)


def test_every_sample_of_the_list_is_a_bot() -> None:
    """All agents that the list itself gives as samples are found."""
    text = files("crawleruseragents").joinpath("crawler-user-agents.json").read_text(encoding="utf-8")
    samples = [sample for entry in json.loads(text) for sample in entry["instances"]]
    assert len(samples) > 1_000
    assert [sample for sample in samples if not BOTS(sample)] == []


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("google.com", SourceKind.SEARCH),
        ("google.co.uk", SourceKind.SEARCH),
        ("news.google.de", SourceKind.SEARCH),
        ("bing.com", SourceKind.SEARCH),
        ("yandex.ru", SourceKind.SEARCH),
        ("search.yahoo.com", SourceKind.SEARCH),
        ("t.co", SourceKind.SOCIAL),
        ("l.facebook.com", SourceKind.SOCIAL),
        ("news.ycombinator.com", SourceKind.SOCIAL),
        ("mail.google.com", SourceKind.EMAIL),
        ("mail.yahoo.com", SourceKind.EMAIL),
        ("mail.yandex.kz", SourceKind.EMAIL),
        ("chatgpt.com", SourceKind.AI),
        ("www.perplexity.ai", SourceKind.AI),
        ("gemini.google.com", SourceKind.AI),
        ("docs.google.com", None),
        ("walmart.com", None),
        ("google.evil.example", None),
        ("notgoogle.com", None),
        ("google", None),
        ("com", None),
        ("", None),
    ],
)
def test_hosts(host: str, kind: SourceKind | None) -> None:
    """Hosts match by labels, the longest match wins, and an engine is known under every country."""
    source = HOSTS(host)
    assert (source.kind if source is not None else None) is kind


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("google.de", Network.GOOGLE),
        ("bing.com", Network.MICROSOFT),
        ("yandex.kz", Network.YANDEX),
        ("duckduckgo.com", None),
    ],
)
def test_the_networks_of_engines(host: str, network: Network | None) -> None:
    """Engines that show the ads of one network only are known."""
    source = HOSTS(host)
    assert source is not None
    assert (source.kind, source.network) == (SourceKind.SEARCH, network)


@pytest.mark.parametrize("name", ["hosts.csv", "families.csv"])
def test_lists_say_where_they_are_from(name: str) -> None:
    """Each list names its source and licence and holds no fact twice."""
    text = files("api.lookups.data").joinpath(name).read_text(encoding="utf-8")
    assert "# Source:" in text
    assert "# Licence:" in text
    facts = [tuple(row[:2]) for row in rows(name)]
    assert len(facts) == len(set(facts)) > 5
