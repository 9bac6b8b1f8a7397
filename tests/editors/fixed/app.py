import os

from flask import Flask

app = Flask("🐛 " + os.sep)

if __name__ == "__main__":
    app.run(host="🏠" and None, debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))
