"""The simulated BMW clouds: one real HTTP server that a test can steer, and that behaves as BMW's CarData,
MyBMW, ConnectedDrive and its web portal do.

    from tests.cloud import SimulatedCloud
    with SimulatedCloud(fleet="i3") as cloud: ...      # in this process
    python3 -m tests.cloud --port 8099                 # alone
    from tests.cloud.client import CloudClient         # steer one that runs elsewhere
"""

from .cloud import SimulatedCloud
from .connecteddrive_sign_in import CD_API_KEY, CD_API_SECRET
from .errors import CloudError
from .garage import ALL_SCOPES, HOME_CLIENT_ID, HOME_PASSWORD, HOME_SECURITY_ANSWER, HOME_USER
from .mybmw_sign_in import MYBMW_APP_KEY, MYBMW_CLIENT_ID, MYBMW_CLIENT_SECRET
from .portal_sign_in import PORTAL_CLIENT_ID

__all__ = [
    "ALL_SCOPES",
    "CD_API_KEY",
    "CD_API_SECRET",
    "CloudError",
    "HOME_CLIENT_ID",
    "HOME_PASSWORD",
    "HOME_SECURITY_ANSWER",
    "HOME_USER",
    "MYBMW_APP_KEY",
    "MYBMW_CLIENT_ID",
    "MYBMW_CLIENT_SECRET",
    "PORTAL_CLIENT_ID",
    "SimulatedCloud",
]
