"""Sessions, windows and dates: where an event lies in time."""
