"""The web layer that every service shares."""
