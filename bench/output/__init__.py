"""Output: what a reader looks at. Tables, figures, report and questions are pure functions of `Results`."""
