from flask import Blueprint, abort, jsonify

bp = Blueprint("shop", __name__)
PRICES = {"apple": 30, "pear": 45}


@bp.get("/")
def index():
    return jsonify(sorted(PRICES))


@bp.get("/price/<fruit>")
def price(fruit):
    if fruit not in PRICES:
        abort(404)
    return jsonify(PRICES[fruit])
