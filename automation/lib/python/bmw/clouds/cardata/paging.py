"""Reads lists that CarData returns in pages. Each page costs a call, so the number of pages is limited."""

from __future__ import absolute_import, unicode_literals

from bmw.compat import text_type
from bmw.errors import BadAnswer

#: a car charges a few times a week; more pages are not plausible
MAX_PAGES = 10


def collect(ask, params, token_name, has_room):
    """The entries (list of dict) of all pages.

    Args:
        ask: callable, query (dict) -> answer. params (dict): the query of every page.
        token_name (str): the answer's field for the next page, as the two lists spell it differently; the query's is ``nextToken``.
        has_room: callable, True if there is a call left for another page.

    Returns:
        None if there were not enough calls for all pages: an incomplete list would look complete.

    Raises:
        BadAnswer: not a list, or endless pages. CloudError: from ``ask``; CU-125 means that the token was too old.
    """
    entries, seen, query = [], set(), params
    for _page in range(MAX_PAGES):
        answer = ask(query)
        rows = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise BadAnswer("BMW's answer has no list", "it is asked again")
        entries += [row for row in rows if isinstance(row, dict)]
        token = answer.get(token_name)
        # a repeated token would return the same page forever
        if not isinstance(token, text_type) or not token or token in seen:
            return entries
        if not has_room():
            return None
        seen.add(token)
        query = dict(params, nextToken=token)
    raise BadAnswer("BMW's list has no end", "it is asked again")
