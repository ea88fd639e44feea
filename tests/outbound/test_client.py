"""The client against servers on loopback: what it brings, what it refuses, and where it stops."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from ops.outbound.addresses import readable
from ops.outbound.answer import Bounds, Certificate
from ops.outbound.client import Outbound
from ops.outbound.errors import Forbidden, OutboundError, RedirectLoop, TimedOut, TlsFailed
from ops.telemetry import PrometheusTelemetry
from tests.exposed import samples
from tests.outbound.answers import bomb, dribbling, endless, redirect, silent
from tests.outbound.certificates import certificates
from tests.outbound.world import LOOPBACK, Asked, Page, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PIECES: Final = st.sampled_from(["http://", "xn--[::1]@", "http:", "[", "]", "@", ":", "%00", "\u00df", "a..b", "/"])


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    """Servers."""
    async with World() as world:
        yield world


@pytest_asyncio.fixture
async def outbound(world: World) -> AsyncIterator[Outbound]:
    """A client that may ask the names of the world."""
    async with world.outbound() as outbound:
        yield outbound


async def test_it_asks_and_tells_what_was_answered(world: World, outbound: Outbound) -> None:
    """Status, headers, body, time; without a cookie, under its own name."""
    world.pages["shop.test"] = {
        "/": Page(body="caf\u00e9", headers={"Set-Cookie": "a=b", "X-One": "1"}),
        "/hook?a=1": Page(status=503),
    }
    answer = await outbound.ask(world.url("shop.test") + "#part")
    again = await outbound.ask(world.url("shop.test", "/hook?a=1"), method="POST", body=b"{}", headers={"X-Sign": "s"})
    assert (world.url("shop.test"), 200, "caf\u00e9".encode(), False, (), None) == (
        answer.url,
        answer.status,
        answer.body,
        answer.cut,
        answer.redirects,
        answer.certificate,
    )
    assert (answer.headers["x-one"], 0 < answer.seconds < 60, again.status) == ("1", True, 503)
    first, second = world.asked
    assert (first.method, first.headers["User-Agent"]) == ("GET", "Footfall/test")
    assert (second.method, second.body, second.headers["X-Sign"]) == ("POST", b"{}", "s")
    assert [asked.headers.get("Cookie") for asked in world.asked] == [None, None]


async def test_it_keeps_proxies_and_passwords_of_the_environment_to_itself(
    world: World, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked, whatever it is."""
    monkeypatch.setenv("HTTP_PROXY", world.down())
    monkeypatch.setenv("http_proxy", world.down())
    world.pages["shop.test"] = {"/": "here"}
    answer = await outbound.ask(world.url("shop.test"))
    assert answer.body == b"here"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing", "Connection closed without an answer"),
        ("/garbage", "The answer is not HTTP"),
        ("/huge-header", "Headers are too large"),
        ("/many-headers", "Headers are too large"),
        ("/cut-short", "The answer ended too early"),
        ("/reset", "Connection reset"),
        ("/reset-midway", "The answer ended too early"),
        ("/bad-chunks", "The answer is not HTTP"),
        ("/half-gzip", "The answer ended too early"),
        ("/no-gzip", "The answer is not compressed as it says"),
    ],
)
async def test_an_answer_that_is_none_is_told_in_words(world: World, outbound: Outbound, path: str, words: str) -> None:
    """Whatever a server sends, one of our errors says what it was."""
    with pytest.raises(OutboundError) as caught:
        await outbound.ask(world.raw(path))
    assert str(caught.value) == words


async def test_nobody_and_nowhere_are_told_in_words(world: World, outbound: Outbound) -> None:
    """A closed port, and a name that does not exist."""
    with pytest.raises(OutboundError, match=r"^Connection refused$"):
        await outbound.ask(world.down())
    with pytest.raises(OutboundError, match=r"^Name not found$"):
        await outbound.ask("http://nowhere.test/")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/silent", "No answer within 0.2 s"),
        ("/dribble", "The answer did not end within 0.2 s"),
        ("/dribble-headers", "No answer within 0.2 s"),
    ],
)
async def test_it_takes_no_longer_than_it_may(world: World, outbound: Outbound, path: str, words: str) -> None:
    """Silence, headers and bodies that come byte by byte: the time is over for all of it together."""
    world.pages["shop.test"] = {"/silent": silent, "/dribble": dribbling}
    url = world.raw(path) if path == "/dribble-headers" else world.url("shop.test", path)
    with pytest.raises(TimedOut) as caught:
        await outbound.ask(url, bounds=Bounds(seconds=0.2))
    assert str(caught.value) == words


async def test_a_handshake_takes_no_longer_than_it_may(world: World, outbound: Outbound) -> None:
    """A server that waits for something else than TLS, asked for a page and for its certificate alone."""
    with pytest.raises(TimedOut, match=r"^Connection timed out$"):
        await outbound.ask(f"https://shop.test:{world.raw_port}/", bounds=Bounds(seconds=0.2))
    with pytest.raises(TimedOut, match=r"^Connection timed out$"):
        await outbound.certificate("shop.test", world.raw_port, seconds=0.2)


async def test_the_time_is_that_of_all_redirects_together(world: World, outbound: Outbound) -> None:
    """Ten answers of 0.1 s do not fit into 0.3 s."""
    for number in range(10):
        world.pages["shop.test"][f"/{number}"] = Page(status=302, headers={"Location": f"/{number + 1}"}, after=0.1)
    with pytest.raises(TimedOut):
        await outbound.ask(world.url("shop.test", "/0"), bounds=Bounds(seconds=0.3, redirects=20))
    assert len(world.asked) < 10


async def test_bodies_are_cut_at_the_bound(world: World, outbound: Outbound) -> None:
    """Endless ones, and small ones that unpack to big ones."""
    world.pages["shop.test"] = {"/endless": endless, "/bomb": bomb, "/fits": "x" * 1_000}
    bounds = Bounds(bytes=1_000)
    answers = [await outbound.ask(world.url("shop.test", path), bounds=bounds) for path in world.pages["shop.test"]]
    assert [(len(answer.body), answer.cut) for answer in answers] == [(1_000, True), (1_000, True), (1_000, False)]
    assert (await outbound.ask(world.raw("/two-members"))).body == b"one, two"


async def test_it_follows_redirects_as_browsers_do(world: World, outbound: Outbound) -> None:
    """By 302 a POST becomes a GET, by 307 it stays; passwords stay with the server they are for."""
    there = world.url("blog.test", "/there")
    world.pages["shop.test"] = {"/found": redirect("there"), "/there": "", "/same": redirect(there, 307)}
    world.pages["blog.test"] = {"/there": "there"}
    secret = {"Authorization": "Bearer secret", "X-Other": "1"}
    found = await outbound.ask(world.url("shop.test", "/found"), method="POST", body=b"b", headers=secret)
    same = await outbound.ask(world.url("shop.test", "/same"), method="POST", body=b"b", headers=secret)
    first = await outbound.ask(world.url("shop.test", "/same"), follow=False)
    assert (found.url, found.redirects) == (world.url("shop.test", "/there"), (world.url("shop.test", "/found"),))
    assert (same.url, same.redirects) == (there, (world.url("shop.test", "/same"),))
    assert (first.status, first.headers["Location"]) == (307, there)

    def seen(asked: Asked) -> tuple[str, bytes, str | None, str | None]:
        return asked.method, asked.body, asked.headers.get("Authorization"), asked.headers.get("X-Other")

    assert [seen(asked) for asked in world.asked[:4]] == [
        ("POST", b"b", "Bearer secret", "1"),
        ("GET", b"", "Bearer secret", "1"),
        ("POST", b"b", "Bearer secret", "1"),
        ("POST", b"b", None, "1"),
    ]


async def test_redirects_have_an_end(world: World, outbound: Outbound) -> None:
    """Circles and long chains are told from each other; a chain of the bound's length is followed."""
    pages = world.pages["shop.test"]
    pages["/circle"], pages["/back"] = redirect("/back"), redirect("/circle#again")
    pages |= {f"/{number}": redirect(f"/{number + 1}") for number in range(6)}
    pages["/6"] = "the end"
    with pytest.raises(RedirectLoop, match=r"^Redirected in a circle$"):
        await outbound.ask(world.url("shop.test", "/circle"))
    with pytest.raises(RedirectLoop, match=r"^Too many redirects$"):
        await outbound.ask(world.url("shop.test", "/0"))
    assert (await outbound.ask(world.url("shop.test", "/1"))).body == b"the end"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("http://127.0.0.1:{port}/", "The address 127.0.0.1 is not public"),
        ("http://127.1:{port}/", "The address is not written as addresses are"),
        ("http://2130706433:{port}/", "The address is not written as addresses are"),
        ("http://0x7f.1:{port}/", "The address 127.0.0.1 is not public"),
        ("http://017700000001:{port}/", "The address is not written as addresses are"),
        ("http://0/", "The address is not written as addresses are"),
        ("http://localhost:{port}/", "The address 127.0.0.1 is not public"),
        ("http://inward.test:{port}/", "The address 127.0.0.1 is not public"),
        ("//inward.test:{port}/", "The address 127.0.0.1 is not public"),
        ("https://inward.test:{port}/", "The address 127.0.0.1 is not public"),
        ("http://169.254.169.254/latest/meta-data/", "The address 169.254.169.254 is not public"),
        ("http://10.0.0.1/", "The address 10.0.0.1 is not public"),
        ("http://[::1]:{port}/", "The address ::1 is not public"),
        ("http://[::ffff:127.0.0.1]:{port}/", "The address ::ffff:7f00:1 is not public"),
        ("http://[::ffff:a9fe:a9fe]/", "The address ::ffff:a9fe:a9fe is not public"),
        ("http://[64:ff9b::7f00:1]/", "The address 64:ff9b::7f00:1 is not public"),
        ("http://[fe80::1%25lo]/", "The address fe80::1%25lo is not public"),
        ("http://\uff11\uff12\uff17.0.0.1/", "The address 127.0.0.1 is not public"),
        ("http://127\u30020\u30020\u30021/", "The address 127.0.0.1 is not public"),
        ("file:///etc/passwd", "Only addresses that begin with http:// or https:// can be asked"),
        ("gopher://shop.test/", "Only addresses that begin with http:// or https:// can be asked"),
        ("http://me:secret@shop.test:{port}/", "Addresses with a user's name or password in them are not asked"),
    ],
)
async def test_nothing_goes_inward(world: World, outbound: Outbound, to: str, words: str) -> None:
    """Asked straight away or by a redirect, and whatever the address looks like: nobody is asked."""
    to = to.format(port=world.port)
    world.pages["shop.test"] = {"/": redirect(to)}
    for url in (world.url("shop.test"), f"http:{to}" if to.startswith("//") else to):
        with pytest.raises(Forbidden) as caught:
            await outbound.ask(url)
        assert str(caught.value) == words
    assert [asked.url for asked in world.asked] == [world.url("shop.test")]


async def test_a_name_that_changes_its_mind_gets_nothing(world: World) -> None:
    """What is connected to is what was checked: each connection looks up once, and the guard sees its very address."""
    world.pages["rebinding.test"] = {"/": "first"}
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "::1"], ["127.0.0.1"]]
    looked_up = []

    async def look_up(host: str) -> list[str]:
        looked_up.append(host)
        return answers.pop(0)

    url = world.url("rebinding.test")
    async with world.outbound(opened=["127.0.0.1"], look_up=look_up) as outbound:
        first = await outbound.ask(url, headers={"Connection": "close"})
        for _ in range(2):
            with pytest.raises(Forbidden, match="is not public"):
                await outbound.ask(url)
        last = await outbound.ask(url)
    assert (first.body, last.body, looked_up) == (b"first", b"first", ["rebinding.test"] * 4)


async def test_what_the_operator_opened_may_be_asked(world: World) -> None:
    """A network by its addresses, a name wherever it leads; another name of the same address stays closed."""
    world.pages["shop.test"] = world.pages["shop.test."] = world.pages["other.test"] = world.pages[LOOPBACK] = {
        "/": "here"
    }
    async with world.outbound(opened=["127.0.0.0/24"]) as outbound:
        assert (await outbound.ask(world.url(LOOPBACK))).body == b"here"
        assert (await outbound.ask(world.url("other.test"))).body == b"here"
    async with world.outbound(opened=["shop.test"]) as outbound:
        assert (await outbound.ask(world.url("SHOP.test."))).body == b"here"
        with pytest.raises(Forbidden):
            await outbound.ask(world.url("other.test"))


async def test_a_host_gets_two_requests_at_a_time(world: World, outbound: Outbound) -> None:
    """The others wait for their turn, in order, and waiting costs none of their time."""
    world.pages["shop.test"] = {f"/{number}": Page(body="x", after=0.05) for number in range(8)}
    asked = [outbound.ask(world.url("shop.test", f"/{number}"), bounds=Bounds(seconds=10)) for number in range(8)]
    answers = await asyncio.gather(*asked)
    assert ([answer.status for answer in answers], world.most_at_once) == ([200] * 8, 2)
    assert sorted(asked.url for asked in world.asked[:2]) == [world.url("shop.test", f"/{number}") for number in (0, 1)]


async def test_certificates_are_those_of_the_handshake(world: World, outbound: Outbound) -> None:
    """A page over TLS brings its certificate along, with a body and without one, on a kept connection as well."""
    world.pages["soon.test"] = {"/": "here", "/moved": redirect("/empty"), "/empty": ""}
    url, found = world.https("soon.test"), []
    for method, path in (("GET", "/"), ("HEAD", "/"), ("GET", "/moved")):
        answer = await outbound.ask(world.https("soon.test", path), method=method)
        found.append(answer.certificate)
    found.append(await outbound.certificate("soon.test", world.tls_port))
    assert found == [Certificate(expires_at=certificates().soon_ends_at, valid=True)] * 4
    world.pages["soon.test"]["/"] = redirect(world.url("soon.test", "/empty"))
    answer = await outbound.ask(url)
    assert (answer.left_https, answer.certificate) == (True, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired.test", "Certificate has expired"),
        ("self-signed.test", "Certificate is self-signed"),
        ("wrong-name.test", "Certificate is for another name"),
    ],
)
async def test_bad_certificates_are_told_and_shown(world: World, outbound: Outbound, name: str, words: str) -> None:
    """They are not trusted, nothing is sent, and when they end is known all the same."""
    world.pages[name] = {"/": "here"}
    with pytest.raises(TlsFailed) as caught:
        await outbound.ask(world.https(name))
    shown = await outbound.certificate(name, world.tls_port)
    assert (str(caught.value), caught.value.certificate, shown.valid, shown.problem) == (words, shown, False, words)
    assert (shown.expires_at < certificates().soon_ends_at) == (name == "expired.test")
    assert world.asked == []


async def test_no_tls_is_told_in_words(world: World, outbound: Outbound) -> None:
    """A server that speaks plain HTTP where TLS should be, and one that is closed."""
    with pytest.raises(TlsFailed, match=r"^TLS handshake failed: \w+") as caught:
        await outbound.ask(f"https://shop.test:{world.port}/")
    with pytest.raises(TlsFailed, match=r"^TLS handshake failed: \w+"):
        await outbound.certificate("shop.test", world.port)
    with pytest.raises(OutboundError, match=r"^Connection refused$"):
        await outbound.certificate("shop.test", world.closed_port)
    with pytest.raises(Forbidden):
        await outbound.certificate("inward.test", world.tls_port)
    assert caught.value.certificate is None


async def test_a_dialog_is_one_question_and_its_answer(world: World, outbound: Outbound) -> None:
    """Until the other side ends, or to the bounds; through the same guard."""
    asked = b"GET /garbage HTTP/1.0\r\n\r\n"
    whole = await outbound.converse("shop.test", world.raw_port, asked)
    part = await outbound.converse("shop.test", world.raw_port, asked, Bounds(bytes=3))
    assert (whole, part) == (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"SSH")
    with pytest.raises(TimedOut):
        await outbound.converse("shop.test", world.raw_port, b"GET /dribble-headers \r\n\r\n", Bounds(seconds=0.2))
    with pytest.raises(Forbidden):
        await outbound.converse("inward.test", world.raw_port, asked)


async def test_outcomes_are_counted(world: World) -> None:
    """One of each kind, and none for what was cancelled."""
    world.pages["shop.test"] = {"/": "here", "/silent": silent}
    telemetry = PrometheusTelemetry("test")
    async with world.outbound(telemetry=telemetry) as outbound:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(outbound.ask(world.url("shop.test", "/silent")), 0.1)
        for url in (
            world.url("shop.test"),
            world.url("inward.test"),
            world.down(),
            world.https("expired.test"),
            world.url("shop.test", "/silent"),
        ):
            with contextlib.suppress(OutboundError):
                await outbound.ask(url, bounds=Bounds(seconds=0.2))
    found = samples(telemetry.exposition())
    outcomes = ("answered", "failed", "forbidden", "timed_out", "tls_failed")
    counted = {
        outcome: found["footfall_outbound_requests_total", frozenset({("outcome", outcome)})] for outcome in outcomes
    }
    assert counted == dict.fromkeys(outcomes, 1)


@given(st.text() | st.lists(PIECES).map("".join))
def test_every_text_is_an_address_or_is_refused(text: str) -> None:
    """Whatever a page links to: no error but ours, and of what is readable the host is plain."""
    try:
        found = readable(text)
    except OutboundError:
        return
    assert (found.raw_host or "").isascii()


@pytest.mark.parametrize("name", ["a..b", "x" * 70, ".a", "\x00"])
async def test_what_is_no_name_is_not_found(name: str) -> None:
    """Whatever the system says to it."""
    async with Outbound(user_agent="Footfall/test") as outbound:
        with pytest.raises(OutboundError, match=r"^Name not found$"):
            await outbound.certificate(name)
