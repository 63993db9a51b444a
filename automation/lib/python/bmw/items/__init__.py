"""Which item a value goes to: names, labels, groups, the text of an .items file and of the sitemap.

Describes items only; it is ``bmw.openhab.items`` that makes and updates them.
"""
