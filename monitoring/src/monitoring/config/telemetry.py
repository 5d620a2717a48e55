"""Evidently's own switch against phoning home."""

import os


def switch_off() -> None:
    """Tell Evidently, in its own way, to send nothing; call it before Evidently is imported."""
    os.environ["DO_NOT_TRACK"] = "true"
