"""One file per number that we promise: `run()` prints ratios measured side by side in one run."""
