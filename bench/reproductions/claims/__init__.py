"""Claims: what the authors of the posts say, and one idea that they leave open, measured.

`catalogue.toml` says what was said and what would count, `post1.py` to `post4.py` measure it, `page.py` writes it down.
"""
