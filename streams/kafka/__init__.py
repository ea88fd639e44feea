"""The cluster's event log in Apache Kafka: the collector's producer and the Faust worker."""
