"""What a sitemap shows, as openHAB understood it. For tests; knows nothing of the module."""


def widgets(page):
    """All elements of a page as openHAB parsed it, including those of its subpages."""
    for widget in page.get("widgets", []):
        yield widget
        yield from widgets(widget)
        yield from widgets(widget.get("linkedPage") or {})


def shown(openhab, name):
    """{item name: its elements} of a sitemap, read now."""
    found = {}
    for widget in widgets(openhab.sitemap(name)["homepage"]):
        found.setdefault(widget.get("item", {}).get("name"), []).append(widget)
    return found
