"""The published programs that the study `posts` rebuilds, one file a post: each fault is what a class overrides."""
