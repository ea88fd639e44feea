"""From the event log into the store: the engine, the single node's runner, Kafka and Faust."""
