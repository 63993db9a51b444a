"""bmw.items.corrections: when an item that others write to is put right."""

from bmw.items import corrections
from bmw.items.corrections import Contest


def looks(fight, first, last, every=1, patience=0):
    """The looks at which an item that is always wrong is put right."""
    return [look for look in range(first, last + 1, every) if fight.may_put_right("Lock", look, patience)]


def test_a_wrong_item_is_put_right_at_once():
    assert Contest().may_put_right("Lock", 1)


def test_an_item_for_commands_is_put_right_when_it_is_wrong_for_longer_than_a_command_lives():
    assert looks(Contest(), 5, 9, patience=3) == [8]


def test_an_item_for_commands_that_was_right_in_between_is_waited_for_anew():
    fight = Contest()
    assert looks(fight, 1, 3, patience=3) == []
    fight.is_right("Lock", 4)
    assert looks(fight, 5, 8, patience=3) == [8]


def test_another_writer_without_end_is_told_once_and_answered_once_a_minute():
    fight = Contest()
    assert looks(fight, 2, 2 * corrections.MOST, every=2) == [2, 4, 6, 8, 10, 12]
    assert fight.take_contested(12) == ["Lock"] and fight.take_contested(13) == []
    assert looks(fight, 14, 60, every=2) == [24, 36, 48, 60]
    assert fight.take_contested(60) == []


def test_who_writes_now_and_then_is_no_other_writer():
    fight = Contest()
    for look in range(1, 200, 10):
        assert fight.may_put_right("Lock", look)
        fight.is_right("Lock", look + 2)
        assert fight.take_contested(look) == []


def test_when_the_other_writer_is_gone_the_item_is_put_right_at_once_again():
    fight = Contest()
    looks(fight, 2, 12, every=2)
    fight.take_contested(12)
    fight.is_right("Lock", 14)
    assert not fight.may_put_right("Lock", 15)
    fight.is_right("Lock", 13 + corrections.WITHIN)
    assert looks(fight, 100, 104, every=2) == [100, 102, 104]
