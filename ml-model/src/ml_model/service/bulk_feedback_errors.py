"""What can be wrong with a file of true labels."""

from ml_model.tabular.faults import FileRefused
from servicekit.errors import Invalid


class FeedbackFileRefused(Invalid):
    """No line of the file can be read."""

    error = "File refused"

    def __init__(self, fault: FileRefused) -> None:
        super().__init__(fault.message, fault.details)
