"""The report: a result goes in, pages and figures come out."""
