"""Resources of monitoring."""
