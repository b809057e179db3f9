"""Tests of abnormal returns."""
