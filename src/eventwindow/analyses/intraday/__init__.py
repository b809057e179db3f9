"""The day of the event in five-minute bars."""
