"""What is read from pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.monitors.content.links import MOST, Found, candidates, encoding_of, read_page

PAGE = "https://example.com/blog/"
HTML = """
<!doctype html><title>t</title><base href="/base/x"><base href="/second/">
<link rel="preconnect" href="https://pre.example"><link rel="Shortcut Icon" href="icon.png">
<link rel=stylesheet href=http://cdn.example/s.css><link rel="canonical" href="/canonical">
<a href="one#part" rel="nofollow">1</a> <a href='one'>again</a> <a name=anchor>none</a> <a href>self</a>
<area href=/two> <a href="javascript:void(0)">no</a> <a href="mailto:a@b.example">no</a>
<img src="a.png" srcset="a.png 1x, /b,c.png 2x,d.png 300w" alt="">
<picture><source srcset="http://cdn.example/e.webp, e2.webp" type="image/webp"></picture>
<script src=/s.js></script> <script>var s = '<a href="/inline">no</a>'</script>
<iframe src="/frame"></iframe> <video src=v.mp4 poster=p.jpg><track src=t.vtt></video>
<object data=o.bin></object> <input type=image src=i.gif> <input type=text src=no.gif> <embed src=m.bin>
<!-- <a href="/comment">no</a> --> <a href="one"><img src="one">
"""


def test_everything_is_found() -> None:
    """Links, frames, what is taken in; each once, from the first base, as they stand."""
    page = read_page(PAGE, HTML.encode())
    links = [found.url for found in page.found if found.is_link]
    taken_in = [found.url for found in page.found if found.is_taken_in]
    base = "https://example.com/base/"
    assert links == [f"{base}one", f"{base}x", "https://example.com/two", "https://example.com/frame"]
    assert taken_in == [
        f"{base}icon.png",
        "http://cdn.example/s.css",
        f"{base}one",
        f"{base}a.png",
        "https://example.com/b,c.png",
        f"{base}d.png",
        "http://cdn.example/e.webp",
        f"{base}e2.webp",
        "https://example.com/s.js",
        "https://example.com/frame",
        f"{base}v.mp4",
        f"{base}p.jpg",
        f"{base}t.vtt",
        f"{base}o.bin",
        f"{base}i.gif",
        f"{base}m.bin",
    ]


@pytest.mark.parametrize(
    ("html", "policy"),
    [
        ("<img src=http://cdn.example/a.png>", "default-src 'self'; Upgrade-Insecure-Requests"),
        (
            "<meta http-equiv=Content-Security-Policy content=upgrade-insecure-requests><img src=http://cdn.example/a.png>",
            "",
        ),
    ],
)
def test_a_page_may_have_it_all_over_https(html: str, policy: str) -> None:
    """Browsers then ask so, and links stay as they are."""
    page = read_page(PAGE, f"{html}<a href=http://cdn.example/l>".encode(), policy=policy)
    assert page.found == (
        Found("https://cdn.example/a.png", is_link=False, is_taken_in=True),
        Found("http://cdn.example/l", is_link=True, is_taken_in=False),
    )


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.png", ["a.png"]),
        ("a.png 1x,b.png 2x", ["a.png", "b.png"]),
        (" a.png , b.png 100w , ", ["a.png", "b.png"]),
        ("data:image/png;base64,AA== 1x, b.png", ["data:image/png;base64,AA==", "b.png"]),
        ("a.png, b.png", ["a.png", "b.png"]),
        ("a.png calc(1, 2) , b.png", ["a.png", "b.png"]),
        (",,,", []),
        ("", []),
    ],
)
def test_a_srcset_is_read_as_browsers_do(srcset: str, expected: list[str]) -> None:
    """Commas may be part of an address."""
    assert expected == list(candidates(srcset))


@given(st.text(alphabet="a ,()x1\t", max_size=40))
def test_a_srcset_has_an_end(srcset: str) -> None:
    """Whatever is in it, no address has a blank."""
    assert all(text and " " not in text for text in candidates(srcset))


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "", "utf-8"),
        (b"\xef\xbb\xbf<p>", "text/html; charset=koi8-r", "utf-8"),
        (b"\xff\xfe<\0", "", "utf-16-le"),
        (b'<meta charset="windows-1251">', "", "cp1251"),
        (b"<meta charset=koi8-r>", "text/html; charset=Shift_JIS", "shift_jis"),
        (b"<p>", 'text/html; charset="ISO-8859-1"', "cp1252"),
        (b"<meta charset=koi8-r>", "text/html; charset=nonsense", "koi8-r"),
        (b"<p>", "text/html; charset=zlib", "utf-8"),
        (b"<p>", "text/html; charset=punycode", "utf-8"),
    ],
)
def test_pages_say_what_they_are_written_in(body: bytes, content_type: str, expected: str) -> None:
    """A mark, the header, the page itself; never what is no encoding of texts."""
    assert expected == encoding_of(body, content_type)


def test_other_letters_are_read() -> None:
    """The path of a link is escaped as UTF-8, in whatever the page is written."""
    page = read_page(PAGE, "<a href=/привет>".encode("koi8-r"), content_type="text/html; charset=koi8-r")
    assert page.found[0].url == "https://example.com/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82"


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd(body: bytes) -> None:
    """What is no HTML has no addresses, or some in their one form."""
    assert all(found.url.startswith("http") for found in read_page(PAGE, body).found)


def test_of_a_page_of_links_only_a_part_is_looked_at() -> None:
    """The first ones."""
    many = b"".join(b"<a href=/%d>" % number for number in range(MOST + 10))
    assert len(read_page(PAGE, many).found) == MOST
