"""A small shop."""
import os

from flask import Flask

ON = ("1", "true", "yes", "on")


def create_app():
    app = Flask(__name__)
    app.config["DEBUG"] = os.environ.get("SHOP_DEBUG", "").lower() in ON

    @app.get("/")
    def index():
        return "open"

    return app
