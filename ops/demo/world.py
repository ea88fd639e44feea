"""What there is in the made-up world: pages and the ways between them, sources, countries, browsers and events."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.sites import DEMO

#: Where its pages are.
DOMAIN: Final = DEMO
#: The front page of a site with many readers links here, on a day of its own.
FRONT_PAGE: Final = "/blog/why-we-left-the-cloud"


class Page(NamedTuple):
    """A page of the site: how often visits begin on it, and where readers go from it with which weight."""

    path: str
    entries: float
    next: tuple[tuple[str, float], ...] = ()
    status: int = 200


class Source(NamedTuple):
    """Where visits come from, with which weight, and how many of them see one page only."""

    referrer: str
    weight: float
    bounce: float
    query: str = ""  #: campaign parameters of the address


class Country(NamedTuple):
    """A country with its weight, how far its clocks are from UTC (hours), and its cities with their regions."""

    code: str
    weight: float
    hours: int
    cities: tuple[tuple[str, str], ...]


class Browser(NamedTuple):
    """A browser by what it calls itself; `widths` are of its screens."""

    user_agent: str
    weight: float
    widths: tuple[int, ...]


_HOME_NEXT: Final = (("/pricing", 5), ("/docs", 4), ("/blog", 3), ("/about", 1.5), ("/changelog", 1))
_ARTICLE_NEXT: Final = (("/", 4), ("/blog", 3), ("/pricing", 2), ("/docs/install", 1.5))
_DOCS_NEXT: Final = (("/docs/install", 3), ("/docs/api/reference", 3), ("/docs/configuration", 2), ("/pricing", 1))

PAGES: Final = (
    Page("/", 30, _HOME_NEXT),
    Page("/pricing", 6, (("/signup", 6), ("/", 2), ("/docs", 2), ("/contact", 1))),
    Page("/signup", 1, (("/onboarding", 7), ("/pricing", 1), ("/terms", 0.5))),
    Page("/onboarding", 0.2, (("/docs/install", 4), ("/docs/configuration", 1))),
    Page("/docs", 3, _DOCS_NEXT),
    Page("/docs/install", 6, (("/docs/configuration", 4), ("/docs/api/reference", 2), ("/download", 3))),
    Page("/docs/configuration", 2, _DOCS_NEXT),
    Page("/docs/api/reference", 5, _DOCS_NEXT),
    Page("/docs/upgrading", 1, _DOCS_NEXT),
    Page("/blog", 3, (("/blog/2026/getting-started-with-tide-tables", 3), (FRONT_PAGE, 2), ("/", 1))),
    Page("/blog/2026/getting-started-with-tide-tables", 11, _ARTICLE_NEXT),
    Page(FRONT_PAGE, 5, _ARTICLE_NEXT),
    Page("/blog/2026/a-year-of-sailing-charts", 4, _ARTICLE_NEXT),
    Page("/blog/2025/how-we-test-with-real-storms", 3, _ARTICLE_NEXT),
    Page("/blog/2025/the-boring-parts-of-a-weather-service-that-nobody-writes-about", 2, _ARTICLE_NEXT),
    Page("/download", 1.5, (("/docs/install", 5), ("/changelog", 1))),
    Page("/about", 1.5, (("/contact", 2), ("/", 2))),
    Page("/changelog", 2, (("/docs/upgrading", 2), ("/download", 2))),
    Page("/contact", 1, (("/", 1),)),
    Page("/terms", 0.2, (("/signup", 1),)),
    Page("/docs/v1/quickstart", 0.7, (("/docs", 3),), status=404),
    Page("/wp-login.php", 0.3, status=404),
)

#: Those of an ordinary day.
SOURCES: Final = (
    Source("", 27, 0.42),
    Source("https://www.google.com/", 24, 0.45),
    Source("https://www.bing.com/", 4, 0.46),
    Source("https://duckduckgo.com/", 4, 0.44),
    Source("https://github.com/northwind/tide", 6, 0.30),
    Source("https://chatgpt.com/", 4, 0.35, "?utm_source=chatgpt.com"),
    Source("https://www.perplexity.ai/", 1, 0.36),
    Source("https://lobste.rs/", 1.5, 0.66),
    Source("https://www.reddit.com/", 3, 0.62),
    Source("https://mastodon.social/", 1.5, 0.58),
    Source("https://www.linkedin.com/", 1.5, 0.55),
    Source("https://www.youtube.com/", 1, 0.55),
    Source("https://sailing-weekly.example/links", 2, 0.40),
    Source("https://harbour-guide.example/weather", 1.5, 0.40),
)
NEWSLETTER: Final = Source("", 1, 0.38, "?utm_source=newsletter&utm_medium=email&utm_campaign=tide-notes")
ADVERT: Final = Source(
    "https://www.google.com/", 1, 0.57, "?utm_source=google&utm_medium=cpc&utm_campaign=spring-launch&gclid=demo"
)
HACKER_NEWS: Final = Source("https://news.ycombinator.com/", 1, 0.71)

COUNTRIES: Final = (
    Country("DE", 20, 1, (("Berlin", "Berlin"), ("Hamburg", "Hamburg"), ("Bavaria", "Munich"), ("Hesse", "Frankfurt"))),
    Country(
        "US",
        20,
        -6,
        (("California", "San Francisco"), ("New York", "New York"), ("Texas", "Austin"), ("Washington", "Seattle")),
    ),
    Country("GB", 7, 0, (("England", "London"), ("England", "Bristol"), ("Scotland", "Edinburgh"))),
    Country("FR", 7, 1, (("Île-de-France", "Paris"), ("Brittany", "Brest"), ("Occitanie", "Toulouse"))),
    Country("NL", 5, 1, (("North Holland", "Amsterdam"), ("South Holland", "Rotterdam"))),
    Country("JP", 4, 9, (("Tokyo", "Tokyo"), ("Osaka", "Osaka"))),
    Country("IN", 4, 5, (("Karnataka", "Bengaluru"), ("Maharashtra", "Mumbai"))),
    Country("CA", 3.5, -6, (("Ontario", "Toronto"), ("British Columbia", "Vancouver"))),
    Country("SE", 3, 1, (("Stockholm", "Stockholm"), ("Västra Götaland", "Gothenburg"))),
    Country("PL", 2.5, 1, (("Mazovia", "Warsaw"), ("Lesser Poland", "Kraków"))),
    Country("ES", 2.5, 1, (("Catalonia", "Barcelona"), ("Madrid", "Madrid"))),
    Country("AU", 2.5, 10, (("New South Wales", "Sydney"), ("Victoria", "Melbourne"))),
    Country("BR", 2.5, -3, (("São Paulo", "São Paulo"), ("Rio de Janeiro", "Rio de Janeiro"))),
    Country("NO", 2, 1, (("Vestland", "Bergen"), ("Oslo", "Oslo"))),
    Country("CH", 2, 1, (("Zurich", "Zürich"), ("Geneva", "Geneva"))),
    Country("NZ", 1, 12, (("Auckland", "Auckland"), ("Wellington", "Wellington"))),
    Country("KE", 0.8, 3, (("Nairobi County", "Nairobi"),)),
)

_DESKTOP: Final = (1280, 1440, 1536, 1920, 2560)
_PHONE: Final = (360, 390, 393, 412, 430)
_MAC: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
_WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
_KHTML: Final = "537.36 (KHTML, like Gecko)"

BROWSERS: Final = (
    Browser(f"{_WINDOWS}) AppleWebKit/{_KHTML} Chrome/142.0.0.0 Safari/537.36", 22, _DESKTOP),
    Browser(f"{_WINDOWS}) AppleWebKit/{_KHTML} Chrome/141.0.0.0 Safari/537.36", 5, _DESKTOP),
    Browser(f"{_MAC}{_KHTML} Chrome/142.0.0.0 Safari/537.36", 10, _DESKTOP),
    Browser(f"{_MAC}605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", 9, _DESKTOP),
    Browser(f"{_WINDOWS}; rv:145.0) Gecko/20100101 Firefox/145.0", 7, _DESKTOP),
    Browser("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", 6, _DESKTOP),
    Browser(f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/{_KHTML} Chrome/142.0.0.0 Safari/537.36", 4, _DESKTOP),
    Browser(f"{_WINDOWS}) AppleWebKit/{_KHTML} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", 6, _DESKTOP),
    Browser(f"{_WINDOWS}) AppleWebKit/{_KHTML} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0", 1, _DESKTOP),
    Browser(f"{_IPHONE}Version/18.6 Mobile/15E148 Safari/604.1", 14, _PHONE),
    Browser(f"{_IPHONE}CriOS/142.0.0.0 Mobile/15E148 Safari/604.1", 2, _PHONE),
    Browser(
        f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/{_KHTML} Chrome/142.0.0.0 Mobile Safari/537.36", 12, _PHONE
    ),
    Browser(
        f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/{_KHTML} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile"
        " Safari/537.36",
        2,
        _PHONE,
    ),
    Browser("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", 1.5, _PHONE),
    Browser(
        "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
        " Mobile/15E148 Safari/604.1",
        2,
        (820, 1024),
    ),
    Browser("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 2, (1024,)),
)

#: What happens on a page, with which probability: name, properties.
ACTIONS: Final[dict[str, tuple[tuple[str, float, dict[str, str]], ...]]] = {
    "/": (("play_video", 0.05, {"title": "Tide in two minutes"}),),
    "/onboarding": (("signup_complete", 0.9, {"plan": "team"}),),
    "/docs/install": (("copy_snippet", 0.22, {"what": "install"}),),
    "/docs/api/reference": (("copy_snippet", 0.10, {"what": "token"}), ("search", 0.05, {"in": "docs"})),
    "/docs": (("search", 0.12, {"in": "docs"}),),
    "/blog": (("newsletter_open", 0.08, {}),),
    "/download": (("file_download", 0.6, {"url": "https://northwind.example/files/tide-2.1.dmg"}),),
    "/contact": (("contact_sent", 0.3, {}),),
    FRONT_PAGE: (("newsletter_open", 0.03, {}),),
}
#: Where readers leave to by a link.
LINKS: Final = (
    "https://github.com/northwind/tide",
    "https://tide-db.example/",
    "https://mastodon.social/@northwind",
)
