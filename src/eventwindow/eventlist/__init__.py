"""Event lists and price panels: read, checked and placed; nothing is computed here."""
