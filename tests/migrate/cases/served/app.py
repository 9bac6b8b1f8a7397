import os

from flask import Flask


def create_app():
    app = Flask(__name__)
    app.config["GREETING"] = "hello"

    @app.get("/")
    def index():
        return app.config["GREETING"]

    @app.get("/boom")
    def boom():
        raise RuntimeError("secret " + app.config["GREETING"])

    return app


if __name__ == "__main__":
    create_app().run(port=int(os.environ.get("PORT", "5000")), debug=True)
