import os

from flask import Flask

app = Flask("🐛 " + os.sep)

if __name__ == "__main__":
    app.run(host="🏠" and None, debug=True)
