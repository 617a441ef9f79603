"""Claims: what the authors of the posts say, what their code does, and what of it the measurements support.

`catalogue.toml` says what was said and what would count, `post1.py` to `post4.py` measure it, `page.py` writes it down.
"""
