"""From an article to a draft of claims.toml: what it says about markets, found by rules, finished by a person."""
