"""The back office."""
from flask import Flask

admin = Flask(__name__)


@admin.get("/")
def index():
    return "orders"


if __name__ == "__main__":
    admin.run(port=8001, debug=True)
