"""A benchmarking study of dimensionality reducers."""
