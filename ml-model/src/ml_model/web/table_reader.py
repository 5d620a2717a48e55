"""Tables as bodies: JSON or CSV, read once it is known what the model takes."""

from collections.abc import Callable

from ml_model.serving.rows import Rows
from ml_model.serving.signature import Signature
from ml_model.serving.tables import rows_of_csv, rows_of_document
from ml_model.web.table_json import table_json
from servicekit.web.raw_body import RawContent

CSV = "text/csv"


def table_reader(body: RawContent) -> Callable[[Signature], Rows]:
    """Return what reads the body's rows by a signature.

    Raises:
        BrokenJson: the body says that it is JSON, and is not.
    """
    if body.media_type == CSV:
        return lambda signature: rows_of_csv(body.data, signature)
    document = table_json(body.data)
    return lambda signature: rows_of_document(document, signature)
