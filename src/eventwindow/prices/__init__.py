"""Where prices come from: Yahoo, a file of the user's, the figures that ship; kept, checked, never silently wrong."""
