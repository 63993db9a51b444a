"""What openHAB has to import before the module has started: each import is paid at every load, on Jython 1 to 60 ms each."""

from tests.imports import JVM, STANDARD, file_of, with_cardata

#: rooms and modules that are imported later, when they are needed
LATER = ("bmw.api", "bmw.cli", "bmw.logbook", "bmw.support.diagnostics", "bmw.support.dump", "bmw.clouds.cardata.relay",
         "bmw.clouds.cardata.report", "bmw.net.publisher", "bmw.polling.published", "bmw.clouds.mybmw", "bmw.clouds.connecteddrive",
         "bmw.clouds.portal", "bmw.items.items_file", "bmw.items.items_yaml", "bmw.net.socket_wire")  # fmt: skip


def test_only_known_parts_of_pythons_library_are_imported_at_load():
    ours, others = with_cardata()
    assert "bmw.polling.service" in ours and "bmw.clouds.cardata.descriptors" in ours
    assert others - JVM == STANDARD


def test_what_is_rarely_needed_is_imported_later():
    ours, _others = with_cardata()
    assert [name for name in sorted(ours) if (name + ".").startswith(tuple(one + "." for one in LATER))] == []
    assert all(file_of(name) for name in LATER)
