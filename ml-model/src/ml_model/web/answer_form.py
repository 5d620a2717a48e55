"""In which form a caller wants a result."""

from flask import request

from ml_model.tabular.answers import FORMS
from servicekit.errors import Invalid

__all__ = ["FORMS", "NoSuchForm", "wanted_form"]


class NoSuchForm(Invalid):
    """None of the media types that the caller accepts is given."""

    error = "Not acceptable"

    def __init__(self) -> None:
        super().__init__(
            f"Ask for one of these with the header Accept: {', '.join(FORMS)}.",
            [{"media_type": form} for form in FORMS],
        )


def wanted_form() -> str:
    """Return the media type that the Accept header prefers; JSON where it leaves it open.

    Raises:
        NoSuchForm
    """
    if not request.accept_mimetypes:
        return FORMS[0]
    best = request.accept_mimetypes.best_match(FORMS)
    if best is None:
        raise NoSuchForm
    return str(best)
