"""What each section of the report says: from the result to blocks that every printer prints."""

from __future__ import annotations

from eventwindow.report.sections.data import origin
from eventwindow.report.sections.headline import finding
from eventwindow.report.sections.outline import SECTIONS, document, title

__all__ = ["SECTIONS", "document", "finding", "origin", "title"]
