"""The error table of CarData's REST interface: id -> HTTP status and short text. Data and one exception."""

# BMW documents the ids without HTTP statuses; these were seen with real accounts, or are the most likely ones.
TABLE = {
    "CU-100": (401, "No token was sent"),
    "CU-101": (401, "Authentication error"),
    "CU-102": (401, "The token has expired"),
    "CU-103": (403, "The token has no CarData scope"),
    "CU-104": (403, "No permission for the given VIN"),
    "CU-105": (403, "No permission for the given container"),
    "CU-120": (400, "The VIN has a wrong format"),
    "CU-121": (400, "The container id has a wrong format"),
    "CU-122": (400, "The container is set for deletion already"),
    "CU-124": (400, "The maximum number of containers is reached"),
    "CU-125": (400, "The pagination token has expired"),
    "CU-126": (404, "There is no image of the vehicle"),
    "CU-127": (404, "There is no location based charging data"),
    "CU-400": (400, "Bad request"),
    "CU-401": (400, "A parameter is invalid"),
    "CU-402": (400, "A telematic key is invalid"),
    "CU-403": (403, "Forbidden"),
    "CU-429": (403, "The daily rate limit is reached"),
    "CU-500": (500, "Internal error"),
    "CU-503": (503, "A partner system is not available"),
}


class CarDataError(Exception):
    def __init__(self, error_id, note=""):
        Exception.__init__(self, error_id)
        self.error_id = error_id
        self.status, self.message = TABLE[error_id]
        self.note = note
