"""Pipelines as bytes, in skops' format: loading runs no code from them.

https://skops.readthedocs.io/en/stable/persistence.html
"""

from typing import Any

import skops.io
from sklearn.pipeline import Pipeline

from modelcatalogue.entries import ENTRIES, entry
from modelcatalogue.errors import UnreadableModel, UntrustedModel


def trusted_types(model_name: str | None = None) -> list[str]:
    """List the types that a stored model of this name, or of any, may hold beyond what skops trusts.

    Raises UnknownModel.
    """
    entries = ENTRIES.values() if model_name is None else [entry(model_name)]
    return sorted({trusted for one in entries for trusted in one.trusted})


def dumps(pipeline: Any) -> bytes:
    """Store a pipeline."""
    return bytes(skops.io.dumps(pipeline))


def loads(data: bytes, model_name: str | None = None) -> Any:
    """Load a pipeline that `dumps` stored; with a model name, nothing but what that model needs is trusted.

    Raises UntrustedModel before anything is loaded when the bytes ask for another type, UnreadableModel when
    they are not a stored pipeline, UnknownModel.
    """
    trusted = trusted_types(model_name)
    try:
        strange = sorted(set(skops.io.get_untrusted_types(data=data)) - set(trusted))
        if strange:
            raise UntrustedModel(strange)
        loaded = skops.io.loads(data, trusted=trusted)
    except UntrustedModel:
        raise
    except Exception as error:  # damaged bytes fail in any part of skops, zipfile or numpy
        raise UnreadableModel(f"{type(error).__name__}: {error}") from error
    if not isinstance(loaded, Pipeline):
        raise UnreadableModel(f"it is a {type(loaded).__name__}, not a pipeline")
    return loaded
