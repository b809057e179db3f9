"""`eventwindow serve`: the commands behind a local page, for those who have no file and write no code."""
