"""Files of rows: CSV and Parquet, read and written in blocks."""
