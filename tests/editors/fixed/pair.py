import os
from flask import Flask

first = Flask("first")
second = Flask("second")

if __name__ == "__main__":
    first.run(port=8001, debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))
    second.run(port=8002, debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))
