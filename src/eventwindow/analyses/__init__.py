"""What a study looks at beyond the tests of its headline event."""
