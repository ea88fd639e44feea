"""The outside: settings, wiring, command line, our own metrics, the scheduler."""
