"""bmw.cli.sheet: CSV that LibreOffice and Excel read."""

import pytest
from bmw.cli import sheet


@pytest.mark.parametrize("text", ["work", "", "Mühlweg 5, 80331 München", "a-b; c", "5 + 3", "'quoted'"])
def test_a_text_that_is_no_formula_stays_as_it_is(text):
    assert sheet.harmless(text) == text


@pytest.mark.parametrize("sign", "=+-@")
def test_a_text_becomes_no_formula_in_whatever_language_the_file_is_opened(sign):
    formula = sign + "SUM(1)"
    assert sheet.harmless(formula) == "'" + formula
    for separator in ",;\t\n\r":
        assert sheet.harmless("work" + separator + formula) == "work" + separator + "'" + formula
    assert sheet.harmless("\t" + formula) == "'\t'" + formula
