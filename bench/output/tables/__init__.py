"""Tables: one model for people, built from results and rendered as Markdown, LaTeX and for a terminal.

HTML is rendered by the report, whose tables are interactive.
"""
