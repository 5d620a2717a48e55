"""Fingerprints."""

import hashlib

import pandas as pd

from datasetdb.schema import SourceSchema, columns_document


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def set_fingerprint(schema: SourceSchema, features: pd.DataFrame, target: pd.Series) -> str:
    """Return a SHA-256 over names, kinds, order and all values of a labelled set.

    Two sets have the same one when a model that is fitted on the one is the same as fitted on the other.
    """
    digest = hashlib.sha256(repr((columns_document(schema), schema.target)).encode())
    for column in (*(features[name] for name in schema.feature_names), target):
        digest.update(pd.util.hash_pandas_object(column, index=True).to_numpy().tobytes())
    return digest.hexdigest()
