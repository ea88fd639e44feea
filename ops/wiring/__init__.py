"""Everything put together, once for each way to run. Everything else is given what it needs.

`node` and `cluster` make the processes of a single node and of a cluster, `shared` what both have, and `commands` what
commands need that run to their end. They are apart so that a single node need not load Kafka's parts.
"""
