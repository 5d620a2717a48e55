"""The models that can be tuned, trained and served, as scikit-learn pipelines.

A model's own library (XGBoost, LightGBM) is imported when that model is asked for.
"""
