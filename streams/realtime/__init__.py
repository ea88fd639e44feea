"""Realtime windows at work: in the single node's engine, for each partition of a cluster, and read from the API."""

from streams.realtime.forgetting import forget_deleted
from streams.realtime.local import LocalRealtime
from streams.realtime.partitions import PartitionRealtime
from streams.realtime.reading import AskedRealtime, Briefly, StoredRealtime, SummedRealtime

__all__ = [
    "AskedRealtime",
    "Briefly",
    "LocalRealtime",
    "PartitionRealtime",
    "StoredRealtime",
    "SummedRealtime",
    "forget_deleted",
]
