"""What launch.sh runs: embedded PostgreSQL, supervision, the demo."""
