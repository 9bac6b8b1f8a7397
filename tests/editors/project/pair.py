from flask import Flask

first = Flask("first")
second = Flask("second")

if __name__ == "__main__":
    first.run(port=8001, debug=True)
    second.run(port=8002, debug=True)
