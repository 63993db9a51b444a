"""Lists that CarData answers in pages. Each page costs a call, so there is an end to it whatever the answers say."""

from __future__ import absolute_import, unicode_literals

from bmw.compat import text_type
from bmw.errors import BadAnswer

#: a car charges some times a week; what needs more pages than this is not believed
MAX_PAGES = 10


def collect(ask, params, token_name, has_room):
    """The entries (list of dict) of all pages.

    Args:
        ask: callable, query (dict) -> answer. params (dict): the query of every page.
        token_name (str): the answer's field for the next page, as the two lists spell it differently; the query's is ``nextToken``.
        has_room: callable, True if another page can be asked for.

    Returns:
        None when there was no room for all of them: a part would pass for the whole.

    Raises:
        BadAnswer: no list, or pages without end. CloudError: of ``ask``; CU-125 means that the token was too old.
    """
    entries, seen, query = [], set(), params
    for _page in range(MAX_PAGES):
        answer = ask(query)
        rows = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise BadAnswer("BMW's answer has no list", "it is asked again")
        entries += [row for row in rows if isinstance(row, dict)]
        token = answer.get(token_name)
        # a token that comes again would bring the same page for ever
        if not isinstance(token, text_type) or not token or token in seen:
            return entries
        if not has_room():
            return None
        seen.add(token)
        query = dict(params, nextToken=token)
    raise BadAnswer("BMW's list has no end", "it is asked again")
