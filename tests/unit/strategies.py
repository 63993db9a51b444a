"""Hypothesis strategies that several test files use."""

from hypothesis import strategies as st

#: any JSON value; small, because strange values find more faults than large ones
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
