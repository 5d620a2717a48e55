"""An answer that only says what was done."""

from servicekit.web.schema import Answer


class MessageAnswer(Answer):
    """Something was done."""

    message: str
