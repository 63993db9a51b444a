"""BMW CarData, the official read-only API. Start reading in ``cloud.py``; ``descriptors.py`` maps descriptors to the vocabulary."""
