"""bmw.items.corrections: when an overwritten item is corrected."""

from bmw.items import corrections
from bmw.items.corrections import Corrections


def looks(fixes, first, last, every=1, tolerance=0):
    """The checks at which an item that is always wrong gets corrected."""
    return [look for look in range(first, last + 1, every) if fixes.may_correct("Lock", look, tolerance)]


def test_a_wrong_item_is_put_right_at_once():
    assert Corrections().may_correct("Lock", 1)


def test_an_item_for_commands_is_put_right_when_it_is_wrong_for_longer_than_a_command_lives():
    assert looks(Corrections(), 5, 9, tolerance=3) == [8]


def test_an_item_for_commands_that_was_right_in_between_is_waited_for_anew():
    fixes = Corrections()
    assert looks(fixes, 1, 3, tolerance=3) == []
    fixes.found_right("Lock", 4)
    assert looks(fixes, 5, 8, tolerance=3) == [8]


def test_another_writer_without_end_is_told_once_and_answered_once_a_minute():
    fixes = Corrections()
    assert looks(fixes, 2, 2 * corrections.MAX_CORRECTIONS, every=2) == [2, 4, 6, 8, 10, 12]
    assert fixes.new_contested(12) == ["Lock"] and fixes.new_contested(13) == []
    assert looks(fixes, 14, 60, every=2) == [24, 36, 48, 60]
    assert fixes.new_contested(60) == []


def test_who_writes_now_and_then_is_no_other_writer():
    fixes = Corrections()
    for look in range(1, 200, 10):
        assert fixes.may_correct("Lock", look)
        fixes.found_right("Lock", look + 2)
        assert fixes.new_contested(look) == []


def test_when_the_other_writer_is_gone_the_item_is_put_right_at_once_again():
    fixes = Corrections()
    looks(fixes, 2, 12, every=2)
    fixes.new_contested(12)
    fixes.found_right("Lock", 14)
    assert not fixes.may_correct("Lock", 15)
    fixes.found_right("Lock", 13 + corrections.WINDOW)
    assert looks(fixes, 100, 104, every=2) == [100, 102, 104]
