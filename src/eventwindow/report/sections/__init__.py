"""What each section of the report says: from the result to blocks that every printer prints."""

from eventwindow.report.sections.data import origin
from eventwindow.report.sections.headline import finding
from eventwindow.report.sections.outline import SECTIONS, document, title
from eventwindow.report.sections.story import address_of, answer, appendix_page, score, story, told_by
from eventwindow.report.sections.verdicts import failed_part, statement, statements

__all__ = [
    "SECTIONS", "address_of", "answer", "appendix_page", "document", "failed_part", "finding", "origin", "score",
    "statement", "statements", "story", "title", "told_by",
]  # fmt: skip
