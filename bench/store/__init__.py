"""The store: the files of a results folder, and `Results`, through which everything reads them."""
