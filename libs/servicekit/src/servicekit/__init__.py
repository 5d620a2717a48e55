"""Plumbing that every service needs, and nothing of the domain."""
