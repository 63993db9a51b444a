"""bmw.places.setting: the person's own places, as bmw.cfg has them."""

import time

import pytest
from bmw.errors import ConfigError
from bmw.places import setting
from bmw.places.where import Place


@pytest.mark.parametrize(
    "text, places",
    [
        ("work 48.1234, 11.5678", [("work", (48.1234, 11.5678), None)]),
        ("work 48.1234,11.5678;", [("work", (48.1234, 11.5678), None)]),
        ("my  work 48 11", None),
        ("work 48,11", [("work", (48.0, 11.0), None)]),
        ("Oma Erna -33.85, +151.2 300; gym 48.2, 11.6 80m", [("Oma Erna", (-33.85, 151.2), 300), ("gym", (48.2, 11.6), 80)]),
        ("P+R 2 48.2, 11.6 20000 m", [("P+R 2", (48.2, 11.6), 20000)]),
        (" ; ; ", []),
    ],
)
def test_each_place_has_a_name_a_position_and_perhaps_a_radius(text, places):
    if places is None:
        with pytest.raises(ConfigError):
            setting.places(text)
    else:
        assert setting.places(text) == [Place(*place) for place in places]


@pytest.mark.parametrize(
    "text, words",
    [
        ("48.1234, 11.5678", "place 1 is not understood"),
        ("work", "place 1 is not understood"),
        ("work 48,1234 11,5678", "place 1 is not understood"),
        ("gym 48.2, 11.6; work 48.1234", "place 2 is not understood"),
        ("work 48.1234, 11.5678 3", "the radius of place 1 is not from 20 to 20000 metres"),
        ("work 98.1234, 11.5678", "place 1 is not on the globe"),
        ("work 0, 0", "place 1 is not on the globe"),
        ("Home 48.1234, 11.5678", "a name that the module uses itself"),
        ("elsewhere 48.1234, 11.5678", "a name that the module uses itself"),
        ("w" * 41 + " 48.1234, 11.5678", "more than 40 characters"),
        ("a 48.1234, 11.5678;" * 101, "more than 100 places"),
        ("work" + "\u0661" * 2 + " \u0664\u0668.1, 11", "place 1 is not understood"),
    ],
)
def test_a_mistake_is_told_without_the_position(text, words):
    with pytest.raises(ConfigError) as error:
        setting.places(text)
    assert words in error.value.text()
    assert "48.1234, 11.5678" not in error.value.text().replace("such as: work 48.1234, 11.5678", "")
    assert "48,1234" not in error.value.text()


@pytest.mark.parametrize("text", ["a " * 300000, "a" + " " * 600000, "1, " * 200000, ";" * 600000])
def test_a_setting_without_end_takes_no_time(text):
    begin = time.process_time()
    try:
        setting.places(text)
    except ConfigError:
        pass
    assert time.process_time() - begin < 5
