"""What was said, held against prices: a claim and the evidence go in, a verdict comes out."""
