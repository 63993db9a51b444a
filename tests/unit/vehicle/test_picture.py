"""bmw.vehicle.picture: the first bytes show the type of a picture."""

import pytest
from bmw.errors import BadAnswer
from bmw.vehicle.picture import MAX_BYTES, recognised

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + b"x" * 9, b"\xff\xd8\xff" + b"x" * 9


@pytest.mark.parametrize("data, mime, suffix", [(PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg")])
def test_a_picture_is_known_by_its_first_bytes(data, mime, suffix):
    assert recognised(data) == (data, mime, suffix)


@pytest.mark.parametrize("data", [b"", b"\x89PNG", b"<html>", b"<svg onload='x'>", b"GIF89a", PNG + b"x" * MAX_BYTES])
def test_other_data_and_too_large_pictures_are_refused(data):
    with pytest.raises(BadAnswer):
        recognised(data)
