import os

from flask import Flask


def create_app(name="shop"):
    app = Flask(name)
    app.config["DEBUG"] = os.environ.get("SHOP_DEBUG") == "1"

    @app.route("/")
    def state():
        return "on" if app.debug else "off"

    @app.route("/boom")
    def boom():
        raise RuntimeError("secret hello")

    return app
