"""A small shop, made by a factory."""
import os

from flask import Flask

from .config import CONFIGS


def create_app(name=None):
    app = Flask(__name__)
    app.config.from_object(CONFIGS[name or os.environ.get("SHOP_CONFIG", "development")])

    from . import views

    app.register_blueprint(views.bp)
    return app
