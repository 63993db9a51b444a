"""The items of a value: names, labels, groups, the text of an .items file and of the sitemap.

Only describes items; ``bmw.openhab.items`` creates and updates them.
"""
