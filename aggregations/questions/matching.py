"""Filters as expressions of Polars: the same choice that `core` makes of one value, of a whole column."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from core.events import EventType
from core.filters import OF_VISITS, FilterDimension
from core.globs import Glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.filters import Choice, Filter
    from core.globs import PathGroups
    from core.steps import Step

_NEVER: Final = pl.lit(value=False)
#: Slashes of a text that is looked for column by column.
_FEW: Final = 4
_ALWAYS: Final = pl.lit(value=True)


def all_of(wanted: Iterable[pl.Expr]) -> pl.Expr:
    """Whether each of some expressions holds."""
    return reduce(operator.and_, wanted, _ALWAYS)


def fits(value: pl.Expr, glob: Glob) -> pl.Expr:
    """Whether a text is one that the pattern matches."""
    if "*" not in glob.pattern:
        return value == glob.pattern
    head, *middle, tail = glob.pattern.split("*")
    if any(middle):
        pieces = (head, *filter(None, middle), tail)
        return value.str.contains(rf"(?s)\A{'.*'.join(map(pl.escape_regex, pieces))}\z")
    found = [value.str.starts_with(head)] if head else []
    if tail:
        found.append(value.str.ends_with(tail))
    if head and tail:
        found.append(value.str.len_bytes() >= len(head.encode()) + len(tail.encode()))
    return all_of(found)


def chosen(value: pl.Expr, choices: Iterable[Choice]) -> pl.Expr:
    """Whether a text is one of the choices."""
    choices = tuple(choices)
    texts = [choice.text for choice in choices if not choice.glob]
    found = [fits(value, Glob(choice.text)) for choice in choices if choice.glob]
    if texts:
        found.append(value == texts[0] if len(texts) == 1 else value.is_in(texts))
    return reduce(operator.or_, found, _NEVER)


def passes(value: pl.Expr, given: Filter) -> pl.Expr:
    """Whether the value of its dimension passes a filter."""
    found = chosen(value, given.all_choices)
    return ~found if given.negated else found


def of_visit(given: Filter, *, prefix: str = "") -> pl.Expr:
    """Whether a visit passes a filter on visits, by columns whose names have `prefix` in front."""
    columns = [pl.col(f"{prefix}{column}") for column in OF_VISITS[given.dimension]]
    if len(columns) == 1:
        return passes(columns[0], given)
    if not given.negated and all(not choice.glob and choice.text.count("/") <= _FEW for choice in given.choices):
        return reduce(operator.or_, (_are(columns, choice.text) for choice in given.choices))
    return passes(_joined(columns), given)


def of_view(given: Filter, groups: PathGroups) -> pl.Expr:
    """Whether a view passes a filter on views."""
    path = pl.col("path")
    return passes(path, given) if given.dimension is FilterDimension.PAGE else in_groups(path, given, groups)


def in_groups(path: pl.Expr, given: Filter, groups: PathGroups) -> pl.Expr:
    """Whether the name of a path's group, '' if it is in none, passes a filter."""
    found = pl.lit(given.matches(""))
    for name, glob in reversed([*groups]):
        found = pl.when(fits(path, glob)).then(pl.lit(given.matches(name))).otherwise(found)
    return found


def of_event(given: Filter) -> pl.Expr:
    """Whether an event that is no view passes a filter on events."""
    if given.dimension is FilterDimension.EVENT:
        custom = pl.col("type") == EventType.CUSTOM
        return (custom & passes(pl.col("name"), given)) | (~custom & passes(pl.col("type"), given))
    # Quotes and all else may stand between these quotes; only a backslash could not be told, and none is in a filter.
    key = given.key.replace('"', '\\"')
    return passes(pl.col("properties").str.json_path_match(f'$["{key}"]').fill_null(""), given)


def of_step(step: Step) -> pl.Expr:
    """Whether an event is a step."""
    if step.page is not None:
        return (pl.col("type") == EventType.PAGE_VIEW) & chosen(pl.col("path"), [step.page])
    return (pl.col("type") == step.text) | (pl.col("name") == step.text)


def _joined(columns: Sequence[pl.Expr]) -> pl.Expr:
    """Columns as one text with slashes between them, without those that are empty at the end."""
    first, *others = columns
    if not others:
        return first
    rest = _joined(others)
    return pl.when(rest == "").then(first).otherwise(first + "/" + rest)


def _are(columns: Sequence[pl.Expr], text: str) -> pl.Expr:
    """Whether the columns joined are the text, without joining them: that would take five times as long."""
    first, *others = columns
    if not others:
        return first == text
    found = [all_of((first == text, *(other == "" for other in others)))]
    parts = text.split("/")
    splits = (("/".join(parts[:place]), "/".join(parts[place:])) for place in range(1, len(parts)))
    return reduce(operator.or_, [*found, *((first == head) & _are(others, tail) for head, tail in splits)])
