"""Small immutable records: tuples with named fields.

Replaces ``collections.namedtuple``: on Python 2 it compiles source code for each class, about 20 ms on Jython at openHAB's start.
"""

from __future__ import absolute_import, unicode_literals

from operator import itemgetter


class _Record(tuple):
    """Raises TypeError for a missing, repeated or unknown field."""

    __slots__ = ()

    def __new__(cls, *values, **named):
        if not named and len(values) == len(cls.FIELDS):
            return tuple.__new__(cls, values)  # nearly all are made so, a few hundred at each load
        rest = cls.FIELDS[len(values) :]
        if len(values) > len(cls.FIELDS) or set(named) != set(rest):
            raise TypeError("{} has the fields {}, each once".format(cls.__name__, " ".join(cls.FIELDS)))
        return tuple.__new__(cls, values + tuple(named[field] for field in rest))

    def __getnewargs__(self):
        return tuple(self)  # for copy


def record(name, fields):
    """A class of records.

    Args:
        name (str): of the class.
        fields (str): names of the fields, separated by spaces.
    """
    names = tuple(fields.split())
    members = dict((str(field), property(itemgetter(number))) for number, field in enumerate(names))
    members.update({str("__slots__"): (), str("FIELDS"): names})
    return type(str(name), (_Record,), members)
