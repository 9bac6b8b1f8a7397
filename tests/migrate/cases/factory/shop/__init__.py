"""A package with a factory."""
from flask import Flask


def create_app(greeting="hello"):
    app = Flask(__name__)
    app.debug = True

    @app.get("/")
    def index():
        return greeting

    @app.get("/boom")
    def boom():
        raise RuntimeError("secret " + greeting)

    return app
