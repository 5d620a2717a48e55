import subprocess
import sys

HEAVY = (
    "sklearn",
    "mapie",
    "shap",
    "xgboost",
    "lightgbm",
    "skl2onnx",
    "onnxmltools",
    "onnxruntime",
    "pandas",
)
SERVING = ("predictor", "estimators", "explanation", "scenario", "errors", "vector", "options", "history")


def test_serving_does_not_import_what_only_training_and_explaining_need():
    program = "; ".join(
        [f"import predictor.learning.{name}" for name in SERVING]
        + ["import sys", f"print([name for name in {HEAVY!r} if name in sys.modules])"]
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
