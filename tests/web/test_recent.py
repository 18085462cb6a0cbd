"""What is remembered: the last few, in the order in which they were put in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.web.recent import Recent

DEEDS = st.lists(
    st.tuples(st.sampled_from(["put", "get", "drop"]), st.integers(0, 6), st.integers()), max_size=60
)


@given(st.integers(1, 5), DEEDS)
def test_the_last_few_stay_whatever_is_asked_meanwhile(most, deeds):
    recent: Recent[int] = Recent(most)
    plain: list[tuple[int, int]] = []
    for deed, key, value in deeds:
        if deed == "put":
            recent.put(key, value)
            plain = [*(one for one in plain if one[0] != key), (key, value)][-most:]
        elif deed == "drop":
            recent.drop(key)
            plain = [one for one in plain if one[0] != key]
        else:
            assert recent.get(key) == dict(plain).get(key)
        assert recent.items() == plain
