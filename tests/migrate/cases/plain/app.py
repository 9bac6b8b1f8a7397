"""One file; an import starts its server."""
import os

from flask import Flask

app = Flask(__name__)
app.config["GREETING"] = "hello"


@app.get("/")
def index():
    return app.config["GREETING"]


@app.get("/boom")
def boom():
    raise RuntimeError("secret " + app.config["GREETING"])


app.run(
    host="127.0.0.1",
    port=int(os.environ.get("PORT", "5000")),
    debug=True,
)
