"""The groups of tests: what each measures and what it expects."""
