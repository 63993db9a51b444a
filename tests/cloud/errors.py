"""The one exception of the control side: a test asked for something that makes no sense."""


class CloudError(ValueError):
    """Raised by SimulatedCloud and, over HTTP, by CloudClient."""
