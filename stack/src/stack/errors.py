"""What went wrong, said to the person at the terminal."""


class StackError(Exception):
    """Stop the command; the message says what happened and what to do."""
