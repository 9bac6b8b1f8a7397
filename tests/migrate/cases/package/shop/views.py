from . import app


@app.get("/")
def index():
    return app.config["GREETING"]


@app.get("/boom")
def boom():
    raise RuntimeError("secret " + app.config["GREETING"])
