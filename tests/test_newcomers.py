"""The mistakes of newcomers on docs/errors.md meet the messages that stand there."""

from __future__ import annotations

from newcomers import rows, table, written


def test_the_page_shows_the_messages_that_forty_mistakes_meet():
    assert written() == table()


def test_each_message_names_a_place_or_a_remedy_and_is_no_traceback():
    found = rows()
    assert len(found) >= 40 and len({name for name, _ in found}) == len(found)
    for name, told in found:
        assert "Traceback" not in told and "/tmp" not in told, name
        assert "\n" in told.strip() or ":" in told, name
