"""From a stream of events to sessions and facts: in order fast, otherwise from the events.

reducer.py        one batch in, one delta out; the only thing the world outside needs
plan.py           which visitor-days of a batch may take the fast path
fast.py           the fast path: events that follow what is known of their visitor
recompute.py      the slow path: sessions and facts of whole visitor-days, from scratch
difference.py     what a recomputed visitor-day changes in the store
marks.py          which hours a change makes wrong
counting.py       the step that both paths share: the next event in order
open_session.py   a session while events are added to it
state.py          what is remembered between batches: a cache that may forget anything at any time
rules.py          the rules of counting, each a small function used by both paths
"""

from core.reducer.reducer import Reducer

__all__ = ["Reducer"]
