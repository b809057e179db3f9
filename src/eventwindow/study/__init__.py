"""A study: read, validated, run."""
