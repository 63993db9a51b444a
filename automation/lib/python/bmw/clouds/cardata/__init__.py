"""BMW CarData, the official read-only API. ``cloud.py`` is the way in; ``descriptors.py`` says what each key means."""
