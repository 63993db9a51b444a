"""Small immutable records: tuples whose fields have names.

Instead of ``collections.namedtuple``, which on Python 2 compiles a source text for each: on Jython some 20 ms while openHAB starts.
"""

from __future__ import absolute_import, unicode_literals

from operator import itemgetter


class _Record(tuple):
    """Raises TypeError when a field has no value, or two, or when there is no such field."""

    __slots__ = ()

    def __new__(cls, *values, **named):
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
        fields (str): the fields' names, with blanks between.
    """
    names = tuple(fields.split())
    members = dict((str(field), property(itemgetter(number))) for number, field in enumerate(names))
    members.update({str("__slots__"): (), str("FIELDS"): names})
    return type(str(name), (_Record,), members)
