"""The single node's way from the collector into the store: a runner, and the socket that joins the two processes."""
