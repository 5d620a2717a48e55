"""The web layer of monitoring."""
