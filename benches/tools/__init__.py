"""What the benches of whole installations share: installations, requests, load, and who used the processors."""
