"""Our own metrics: every name once, with kind, unit and meaning. A misspelt name fails the type check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol

from core.drops import DeadReason


class MetricKind(StrEnum):
    """How Prometheus treats a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"  #: seconds unless the meaning says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDefinition:
    """One metric of ours. `labels` never name a site or a visitor."""

    kind: MetricKind
    meaning: str
    labels: tuple[str, ...] = ()
    #: Values of the one label that are shown from the start: the first of a kind would not be seen to be added.
    known: tuple[str, ...] = ()


CounterName = Literal[
    "footfall_http_requests_total",
    "footfall_events_accepted_total",
    "footfall_events_dropped_total",
    "footfall_step_seconds_total",
    "footfall_step_events_total",
    "footfall_log_failures_total",
    "footfall_events_stored_total",
    "footfall_reducer_events_total",
    "footfall_flush_failures_total",
    "footfall_dead_letters_total",
    "footfall_rebalances_total",
    "footfall_rollup_days_total",
    "footfall_rollup_failures_total",
    "footfall_repeated_event_ids_total",
    "footfall_swept_rows_total",
    "footfall_archive_files_total",
    "footfall_archive_bytes_total",
    "footfall_archive_failures_total",
    "footfall_archive_dropped_days_total",
    "footfall_retention_files_total",
    "footfall_retention_months_total",
    "footfall_scheduler_step_failures_total",
    "footfall_job_runs_total",
    "footfall_messages_total",
    "footfall_report_failures_total",
    "footfall_report_cache_total",
    "footfall_postgres_deadlocks_total",
    "footfall_postgres_blocks_total",
    "footfall_outbound_requests_total",
]
GaugeName = Literal[
    "footfall_http_requests_in_progress",
    "footfall_streams_open",
    "footfall_places_built_timestamp_seconds",
    "footfall_log_in_flight_events",
    "footfall_log_oldest_in_flight_seconds",
    "footfall_consumer_lag_messages",
    "footfall_consumer_lag_seconds",
    "footfall_last_flush_timestamp_seconds",
    "footfall_rollup_last_success_timestamp_seconds",
    "footfall_marked_hours",
    "footfall_sites_to_sweep",
    "footfall_archive_missing_days",
    "footfall_archive_held_back_days",
    "footfall_disk_free_bytes",
    "footfall_disk_reserve_bytes",
    "footfall_rollup_gaps",
    "footfall_scheduler_at_work",
    "footfall_scheduler_step_last_success_timestamp_seconds",
    "footfall_scheduler_step_last_duration_seconds",
    "footfall_jobs",
    "footfall_jobs_last_round_timestamp_seconds",
    "footfall_messages_waiting",
    "footfall_oldest_salt_timestamp_seconds",
    "footfall_postgres_up",
    "footfall_postgres_connections",
    "footfall_postgres_connections_limit",
    "footfall_postgres_database_bytes",
    "footfall_postgres_wal_bytes",
    "footfall_postgres_replication_lag_bytes",
    "footfall_postgres_oldest_transaction_seconds",
    "footfall_postgres_dead_rows",
    "footfall_postgres_chunks",
    "footfall_pool_connections",
    "footfall_pool_waiting",
    "footfall_loop_lag_seconds",
    "footfall_build_info",
]
HistogramName = Literal[
    "footfall_http_request_duration_seconds",
    "footfall_log_ack_seconds",
    "footfall_flush_seconds",
    "footfall_flush_events",
    "footfall_rollup_seconds",
    "footfall_job_seconds",
    "footfall_report_seconds",
]

#: What a round of the scheduler is made of; the label `step` of its metrics.
SCHEDULER_STEPS: Final = ("salts", "rollups", "sweep", "gaps", "archive", "upkeep", "months")

_C, _G, _H = MetricKind.COUNTER, MetricKind.GAUGE, MetricKind.HISTOGRAM

#: Every metric of ours by its name, in the order of an event's way.
METRICS: Final[dict[str, MetricDefinition]] = {
    "footfall_http_requests_total": MetricDefinition(
        kind=_C, meaning="HTTP requests answered.", labels=("route", "method", "status")
    ),
    "footfall_http_request_duration_seconds": MetricDefinition(
        kind=_H,
        meaning="From the first byte of a request to the last of its answer.",
        labels=("route", "method"),
    ),
    "footfall_http_requests_in_progress": MetricDefinition(kind=_G, meaning="HTTP requests being answered now."),
    "footfall_streams_open": MetricDefinition(kind=_G, meaning="Streams of server-sent events open now."),
    "footfall_events_accepted_total": MetricDefinition(
        kind=_C, meaning="Events acknowledged as durable, by traffic class.", labels=("traffic",)
    ),
    "footfall_events_dropped_total": MetricDefinition(
        kind=_C, meaning="Events a collector did not store, by reason.", labels=("reason",)
    ),
    "footfall_step_seconds_total": MetricDefinition(
        kind=_C, meaning="Time spent in each enrichment step (sampled requests).", labels=("step",)
    ),
    "footfall_step_events_total": MetricDefinition(
        kind=_C, meaning="Events that each enrichment step was timed on.", labels=("step",)
    ),
    "footfall_places_built_timestamp_seconds": MetricDefinition(
        kind=_G, meaning="When the oldest file of places in use was built; absent or 0 without a file."
    ),
    "footfall_log_in_flight_events": MetricDefinition(kind=_G, meaning="Events handed on and not yet durable."),
    "footfall_log_oldest_in_flight_seconds": MetricDefinition(
        kind=_G, meaning="Age of the oldest batch that is not yet durable."
    ),
    "footfall_log_ack_seconds": MetricDefinition(kind=_H, meaning="From handing a batch on to knowing it durable."),
    "footfall_log_failures_total": MetricDefinition(kind=_C, meaning="Batches that could not be made durable."),
    "footfall_events_stored_total": MetricDefinition(kind=_C, meaning="Event rows committed."),
    "footfall_reducer_events_total": MetricDefinition(
        kind=_C, meaning="Events by the way they took: fast, slow, duplicate, flood.", labels=("path",)
    ),
    "footfall_flush_seconds": MetricDefinition(kind=_H, meaning="One transaction of a batch, begin to commit."),
    "footfall_flush_events": MetricDefinition(kind=_H, meaning="Events in one transaction (a count, not seconds)."),
    "footfall_flush_failures_total": MetricDefinition(
        kind=_C,
        meaning="Batches rolled back, by cause.",
        labels=("cause",),
        known=("data", "fenced", "log_gap", "store"),
    ),
    "footfall_last_flush_timestamp_seconds": MetricDefinition(kind=_G, meaning="When a batch was last committed."),
    "footfall_dead_letters_total": MetricDefinition(
        kind=_C,
        meaning="Events put among the dead letters, by reason.",
        labels=("reason",),
        known=tuple(DeadReason),
    ),
    "footfall_rebalances_total": MetricDefinition(kind=_C, meaning="Times the consumer group handed out partitions."),
    "footfall_consumer_lag_messages": MetricDefinition(
        kind=_G, meaning="Messages in the log that are not yet applied.", labels=("partition",)
    ),
    "footfall_consumer_lag_seconds": MetricDefinition(
        kind=_G, meaning="Age of the oldest message that is not yet applied.", labels=("partition",)
    ),
    "footfall_marked_hours": MetricDefinition(kind=_G, meaning="Site hours that wait for their rollup."),
    "footfall_rollup_seconds": MetricDefinition(kind=_H, meaning="Rolling up one day of one site."),
    "footfall_rollup_days_total": MetricDefinition(kind=_C, meaning="Days of a site rolled up."),
    "footfall_rollup_failures_total": MetricDefinition(kind=_C, meaning="Days of a site whose rollup failed."),
    "footfall_rollup_last_success_timestamp_seconds": MetricDefinition(
        kind=_G, meaning="When the scheduler last finished a round without a failure."
    ),
    "footfall_repeated_event_ids_total": MetricDefinition(
        kind=_C, meaning="Event ids a rollup saw twice in a visitor's day: must stay 0."
    ),
    "footfall_swept_rows_total": MetricDefinition(
        kind=_C, meaning="Rows of deleted sites removed, by table.", labels=("table",)
    ),
    "footfall_sites_to_sweep": MetricDefinition(kind=_G, meaning="Deleted sites of which rows are to be removed now."),
    "footfall_archive_files_total": MetricDefinition(kind=_C, meaning="Files written to the archive."),
    "footfall_archive_bytes_total": MetricDefinition(kind=_C, meaning="Bytes of files written to the archive."),
    "footfall_archive_failures_total": MetricDefinition(
        kind=_C, meaning="Files that did not agree with their checksum or with the rollups: must stay 0."
    ),
    "footfall_archive_missing_days": MetricDefinition(
        kind=_G, meaning="Days of a site that have ended and have no files yet; counted up to 1,000."
    ),
    "footfall_archive_dropped_days_total": MetricDefinition(
        kind=_C, meaning="Days whose rows were dropped, because the archive has them."
    ),
    "footfall_archive_held_back_days": MetricDefinition(
        kind=_G, meaning="Days whose rows should have been dropped and were not: must stay 0."
    ),
    "footfall_retention_files_total": MetricDefinition(
        kind=_C, meaning="Files removed because a site's owner wants none so old."
    ),
    "footfall_retention_months_total": MetricDefinition(
        kind=_C, meaning="Months of a site whose sums were removed because its owner wants none so old."
    ),
    "footfall_disk_free_bytes": MetricDefinition(kind=_G, meaning="Bytes left on the disk of a single node."),
    "footfall_disk_reserve_bytes": MetricDefinition(
        kind=_G, meaning="Bytes that are to stay free there: with less it answers events with 503; 0 for none."
    ),
    "footfall_rollup_gaps": MetricDefinition(
        kind=_G, meaning="Days of a site that a rollup misses and that wait for it; counted up to 1,000."
    ),
    "footfall_scheduler_at_work": MetricDefinition(
        kind=_G, meaning="1 in the scheduler that works, 0 in those that stand by."
    ),
    "footfall_scheduler_step_last_success_timestamp_seconds": MetricDefinition(
        kind=_G, meaning="When a step of a scheduler's round was last done without a failure.", labels=("step",)
    ),
    "footfall_scheduler_step_last_duration_seconds": MetricDefinition(
        kind=_G, meaning="How long that took.", labels=("step",)
    ),
    "footfall_scheduler_step_failures_total": MetricDefinition(
        kind=_C, meaning="Steps that failed, wholly or in part.", labels=("step",), known=SCHEDULER_STEPS
    ),
    "footfall_jobs": MetricDefinition(
        kind=_G,
        meaning="Jobs of the installation by what they do now: waiting, due, late, running, failed.",
        labels=("kind", "state"),
    ),
    "footfall_job_runs_total": MetricDefinition(
        kind=_C,
        meaning="Jobs that this process ran, by how they ended: succeeded, failed, cancelled.",
        labels=("kind", "outcome"),
    ),
    "footfall_job_seconds": MetricDefinition(kind=_H, meaning="Running one job.", labels=("kind",)),
    "footfall_jobs_last_round_timestamp_seconds": MetricDefinition(
        kind=_G, meaning="When this process last looked for jobs that are due."
    ),
    "footfall_messages_total": MetricDefinition(
        kind=_C,
        meaning="Attempts to send a message, by what came of them: sent, failed, given_up, unwanted.",
        labels=("channel", "outcome"),
    ),
    "footfall_messages_waiting": MetricDefinition(kind=_G, meaning="Messages that are to be sent, or sent again."),
    "footfall_oldest_salt_timestamp_seconds": MetricDefinition(
        kind=_G, meaning="When the oldest day began whose salt still exists; 0 without a salt."
    ),
    "footfall_report_seconds": MetricDefinition(kind=_H, meaning="Answering one report.", labels=("report",)),
    "footfall_report_failures_total": MetricDefinition(
        kind=_C, meaning="Reports that ended with an error that is not the asker's.", labels=("report",)
    ),
    "footfall_report_cache_total": MetricDefinition(
        kind=_C,
        meaning="Days of files that questions looked for in memory: hit, miss.",
        labels=("result",),
        known=("hit", "miss"),
    ),
    "footfall_outbound_requests_total": MetricDefinition(
        kind=_C,
        meaning="What was asked of other people's servers, by what came of it.",
        labels=("outcome",),
        known=("answered", "failed", "forbidden", "timed_out", "tls_failed"),
    ),
    "footfall_postgres_up": MetricDefinition(
        kind=_G, meaning="Whether PostgreSQL answered the scheduler's process when it was last asked: 1 or 0."
    ),
    "footfall_postgres_connections": MetricDefinition(kind=_G, meaning="Connections of clients to the server."),
    "footfall_postgres_connections_limit": MetricDefinition(
        kind=_G, meaning="Connections that the server allows, without those kept for superusers."
    ),
    "footfall_postgres_database_bytes": MetricDefinition(kind=_G, meaning="Size of our database."),
    "footfall_postgres_wal_bytes": MetricDefinition(
        kind=_G, meaning="Size of the write-ahead log; 0 where we may not read it."
    ),
    "footfall_postgres_replication_lag_bytes": MetricDefinition(
        kind=_G, meaning="How far the slowest replica is behind; 0 without one, or where we may not read it."
    ),
    "footfall_postgres_oldest_transaction_seconds": MetricDefinition(
        kind=_G, meaning="Age of the oldest transaction that is open."
    ),
    "footfall_postgres_deadlocks_total": MetricDefinition(kind=_C, meaning="Deadlocks in our database."),
    "footfall_postgres_blocks_total": MetricDefinition(
        kind=_C,
        meaning="Blocks read, by where they were found: memory of the server, or disk.",
        labels=("source",),
        known=("disk", "memory"),
    ),
    "footfall_postgres_dead_rows": MetricDefinition(
        kind=_G, meaning="Rows that wait for vacuum, by table, with its chunks.", labels=("table",)
    ),
    "footfall_postgres_chunks": MetricDefinition(
        kind=_G, meaning="Chunks of a hypertable; 0 of a plain table.", labels=("table",)
    ),
    "footfall_pool_connections": MetricDefinition(
        kind=_G, meaning="Database connections that a pool of this process has.", labels=("pool",)
    ),
    "footfall_pool_waiting": MetricDefinition(
        kind=_G, meaning="Requests that wait for a connection of the pool.", labels=("pool",)
    ),
    "footfall_loop_lag_seconds": MetricDefinition(
        kind=_G,
        meaning="How late the event loop of a process was at worst within the last 15 s.",
        labels=("process",),
    ),
    "footfall_build_info": MetricDefinition(
        kind=_G, meaning="1; the version is in the labels.", labels=("process", "version")
    ),
}


class Telemetry(Protocol):
    """Where measurements go. Never blocks, never raises for a name of the lists above."""

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        ...

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Set a gauge."""
        ...

    def observe(self, name: HistogramName, value: float, **labels: str) -> None:
        """Add one observation to a histogram."""
        ...


class NoTelemetry:
    """Measures nothing; for commands and tests that do not ask."""

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Do nothing."""

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Do nothing."""

    def observe(self, name: HistogramName, value: float, **labels: str) -> None:
        """Do nothing."""
