"""Models as they answer: what goes in, what comes out, and why; knows no database and no settings."""
