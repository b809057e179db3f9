"""Expected returns, abnormal returns and what is summed from them."""
