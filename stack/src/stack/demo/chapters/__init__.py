"""The chapters of the guide, in order."""
