"""The settings of monitoring."""
