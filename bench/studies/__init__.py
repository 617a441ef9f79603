"""Studies: what is measured, as TOML files, and the plan of their runs."""
