"""From a fitted pipeline to ONNX, which runs no code when it is read."""

from functools import cache
from typing import Any

from lightgbm import LGBMRegressor
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.common.shape_calculator import calculate_linear_regressor_output_shapes
from xgboost import XGBRegressor

OPSETS = {"": 18, "ai.onnx.ml": 3}
INPUT = "features"


@cache
def _register() -> None:
    shapes = calculate_linear_regressor_output_shapes
    update_registered_converter(XGBRegressor, "XGBoostXGBRegressor", shapes, convert_xgboost)
    update_registered_converter(
        LGBMRegressor, "LightGbmLGBMRegressor", shapes, convert_lightgbm, options={"split": None}
    )


def to_bytes(pipeline: Any, width: int) -> bytes:
    """Convert a fitted regressor that takes float32[n, width] and gives one number for each row."""
    _register()
    types = [(INPUT, FloatTensorType([None, width]))]
    # Without a name the graph gets a random one, and no two exports are alike.
    graph = to_onnx(pipeline, initial_types=types, target_opset=OPSETS, name="regressor")
    serialized: bytes = graph.SerializeToString()
    return serialized
