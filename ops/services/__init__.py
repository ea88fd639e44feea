"""A real Apache Kafka broker and a real TimescaleDB for development and tests, without containers.

``python -m ops.services up`` starts the pair that ``make test`` uses; what they store is gone when they end.
Tests that injure a broker or a database start private ones: :class:`ops.services.kafka.Broker`,
:class:`ops.services.timescale.Timescale`. Not part of the wheel.
"""
