"""Panel studies: the chunks are planned, run on one engine or another, kept, added up and written."""
