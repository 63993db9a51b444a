"""bmw.clouds.cardata.paging: reads lists page by page, and ends whatever BMW answers."""

import pytest
from bmw.clouds.cardata.paging import MAX_PAGES, collect
from bmw.errors import BadAnswer


class Pages:
    """Returns the answers one after the other and repeats the last one; keeps the queries."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.queries = []

    def __call__(self, query):
        self.queries.append(query)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def collected(pages, rooms=100):
    room = iter([True] * rooms + [False] * 100)
    return collect(pages, {"from": "x"}, "next_token", lambda: next(room))


def test_all_pages_are_one_list():
    pages = Pages({"data": [{"n": 1}], "next_token": "two"}, {"data": [{"n": 2}], "next_token": None})
    assert collected(pages) == [{"n": 1}, {"n": 2}]
    assert pages.queries == [{"from": "x"}, {"from": "x", "nextToken": "two"}]


@pytest.mark.parametrize("token", [None, "", 5, ["two"]])
def test_the_list_ends_without_a_token(token):
    assert collected(Pages({"data": [{"n": 1}], "next_token": token})) == [{"n": 1}]


def test_a_token_that_comes_again_is_the_end():
    pages = Pages({"data": [{"n": 1}], "next_token": "same"})
    assert collected(pages) == [{"n": 1}, {"n": 1}]
    assert len(pages.queries) == 2


def test_pages_without_end_are_a_bad_answer():
    pages = Pages(*[{"data": [], "next_token": str(number)} for number in range(100)])
    with pytest.raises(BadAnswer):
        collected(pages)
    assert len(pages.queries) == MAX_PAGES


def test_without_room_for_the_next_page_there_is_no_list():
    assert collected(Pages({"data": [{"n": 1}], "next_token": "two"}), rooms=0) is None


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"data": None}, {"data": {"n": 1}}])
def test_what_holds_no_list_is_a_bad_answer(answer):
    with pytest.raises(BadAnswer):
        collected(Pages(answer))


def test_entries_that_are_no_objects_are_left_out():
    assert collected(Pages({"data": [1, None, "x", {"n": 1}, [2]]})) == [{"n": 1}]
