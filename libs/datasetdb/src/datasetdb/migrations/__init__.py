"""The dataset database's history."""
