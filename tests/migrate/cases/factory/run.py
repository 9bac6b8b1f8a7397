import os

from shop import create_app

if __name__ == "__main__":
    create_app().run(port=int(os.environ.get("PORT", "5000")))
