"""What reports are broken down by."""

from __future__ import annotations

import pytest

from core.dimensions import OF_SESSIONS
from core.metrics import DEFINITIONS
from core.subjects import Column, Subject


@pytest.mark.parametrize("subject", Subject)
def test_rows_show_what_can_be_told(subject: Subject) -> None:
    """First what they are ordered by, no column twice, each a metric."""
    columns = subject.columns
    assert (subject.metric, len(columns)) == (columns[0], len(set(columns)))
    assert all(column.metric in DEFINITIONS for column in columns)


@pytest.mark.parametrize("subject", [subject for subject in Subject if subject.dimension is not None])
def test_a_name_is_a_column_of_its_dimension(subject: Subject) -> None:
    """As many as make the value."""
    assert subject.dimension is not None
    assert len(OF_SESSIONS[subject.dimension]) == len(subject.names)


@pytest.mark.parametrize("column", [Column.NAME, Column.CHANGE])
def test_names_and_changes_are_no_metrics(column: Column) -> None:
    """Nobody can ask for one."""
    with pytest.raises(KeyError):
        _ = column.metric
