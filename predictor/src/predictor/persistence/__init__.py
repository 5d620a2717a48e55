"""What predictor keeps."""
