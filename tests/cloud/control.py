"""The control interface over HTTP: any method of SimulatedCloud by name, for tests in another process.

`POST /_control/<method>` with JSON `{"args": [], "kwargs": {}}` answers `{"result": ...}`, or 400 `{"error":
...}`. A browser on another site cannot call it: it takes JSON only, which a browser asks permission for.
"""

from flask import Blueprint, jsonify, request

from .errors import CloudError
from .methods import METHODS, READING


def blueprint(cloud):
    rooms = Blueprint("control", __name__, url_prefix="/_control")

    @rooms.get("/")
    def index():
        return jsonify({name: (getattr(cloud, name).__doc__ or "").split("\n")[0] for name in METHODS})

    @rooms.get("/<name>")
    def read(name):
        if name not in READING:
            raise CloudError("GET is only for %s" % ", ".join(READING))
        return jsonify(result=getattr(cloud, name)())

    @rooms.post("/<name>")
    def call(name):
        if name not in METHODS:
            raise CloudError("there is no method %r" % name)
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise CloudError("send a JSON object with args and kwargs")
        try:
            return jsonify(result=getattr(cloud, name)(*body.get("args", []), **body.get("kwargs", {})))
        except TypeError as problem:
            raise CloudError("%s: %s" % (name, problem)) from problem

    @rooms.errorhandler(CloudError)
    def refuse(problem):
        return jsonify(error=str(problem)), 400

    return rooms
