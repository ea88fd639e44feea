"""Views alone, and only those that are meant: what need not be sent when rows are read for hits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The views of some classes; of one path, of paths from a first to a last one, of one country, where given."""

    classes: tuple[int, ...]
    path: str | None = None
    paths: tuple[str, str] | None = None
    country: str | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """What the statement `hits.of_span` is told of them."""
        first, last = self.paths or (None, None)
        return {
            "classes": list(self.classes),
            "path": self.path,
            "first_path": first,
            "last_path": last,
            "country": self.country,
        }
