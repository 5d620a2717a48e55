"""Docker mode: standard library only, because it runs before any environment exists."""
