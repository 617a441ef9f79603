"""Analysis: from the tidy tables of a results folder to intervals, comparisons and rankings. It computes no scores."""
