"""The simulated BMW cloud: a real HTTP server that behaves as BMW's CarData does, and that a test can steer.

    from tests.cloud import SimulatedCloud
    with SimulatedCloud(fleet="i3") as cloud: ...      # in this process
    python3 -m tests.cloud --port 8099                 # alone
    from tests.cloud.client import CloudClient         # steer one that runs elsewhere
"""

from .cloud import SimulatedCloud
from .errors import CloudError
from .garage import ALL_SCOPES, HOME_CLIENT_ID

__all__ = ["ALL_SCOPES", "CloudError", "HOME_CLIENT_ID", "SimulatedCloud"]
