import os

from flask import Flask

from config import Config

server = Flask(__name__)
server.config.from_object(Config)


@server.get("/")
def index():
    return server.config["GREETING"]


@server.get("/boom")
def boom():
    raise RuntimeError("secret " + server.config["GREETING"])


if __name__ == "__main__":
    server.run(port=int(os.environ.get("PORT", "5000")))
