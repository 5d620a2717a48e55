"""Resources of tracking."""
