import os

from flask import Flask

app = Flask(__name__)
app.config["DEBUG"] = os.environ.get("SHOP_ENV", "development") == "development"

if __name__ == "__main__":
    app.run()
