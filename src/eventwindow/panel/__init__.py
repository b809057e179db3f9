"""Many events in chunks: each chunk gives its events' figures and sums, which add up to the tests of the whole."""
