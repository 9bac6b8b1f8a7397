"""Two: a small office system that grew for years in one file."""
import datetime
import os
from collections import defaultdict

from flask import Flask, abort, jsonify, redirect, request, url_for

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
STORE = defaultdict(dict)


INVOICE_FIELDS = ("owner", "date", "amount", "city")


@app.get("/invoices")
def list_invoices():
    """All invoices, the newest first."""
    found = sorted(STORE["invoices"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/invoices")
def add_invoice():
    data = request.get_json(force=True)
    missing = [field for field in INVOICE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["invoices"]) + 1
    entry = {field: data[field] for field in INVOICE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["invoices"][number] = entry
    return redirect(url_for("show_invoice", number=number))


@app.get("/invoices/<int:number>")
def show_invoice(number):
    entry = STORE["invoices"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


CUSTOMER_FIELDS = ("owner", "code", "city", "unit")


@app.get("/customers")
def list_customers():
    """All customers, the newest first."""
    found = sorted(STORE["customers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/customers")
def add_customer():
    data = request.get_json(force=True)
    missing = [field for field in CUSTOMER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["customers"]) + 1
    entry = {field: data[field] for field in CUSTOMER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["customers"][number] = entry
    return redirect(url_for("show_customer", number=number))


@app.get("/customers/<int:number>")
def show_customer(number):
    entry = STORE["customers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


ORDER_FIELDS = ("color", "unit", "code", "priority")


@app.get("/orders")
def list_orders():
    """All orders, the newest first."""
    found = sorted(STORE["orders"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/orders")
def add_order():
    data = request.get_json(force=True)
    missing = [field for field in ORDER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["orders"]) + 1
    entry = {field: data[field] for field in ORDER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["orders"][number] = entry
    return redirect(url_for("show_order", number=number))


@app.get("/orders/<int:number>")
def show_order(number):
    entry = STORE["orders"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


PRODUCT_FIELDS = ("weight", "unit", "owner", "date")


@app.get("/products")
def list_products():
    """All products, the newest first."""
    found = sorted(STORE["products"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/products")
def add_product():
    data = request.get_json(force=True)
    missing = [field for field in PRODUCT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["products"]) + 1
    entry = {field: data[field] for field in PRODUCT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["products"][number] = entry
    return redirect(url_for("show_product", number=number))


@app.get("/products/<int:number>")
def show_product(number):
    entry = STORE["products"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


SUPPLIER_FIELDS = ("code", "priority")


@app.get("/suppliers")
def list_suppliers():
    """All suppliers, the newest first."""
    found = sorted(STORE["suppliers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/suppliers")
def add_supplier():
    data = request.get_json(force=True)
    missing = [field for field in SUPPLIER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["suppliers"]) + 1
    entry = {field: data[field] for field in SUPPLIER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["suppliers"][number] = entry
    return redirect(url_for("show_supplier", number=number))


@app.get("/suppliers/<int:number>")
def show_supplier(number):
    entry = STORE["suppliers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/suppliers/<int:number>")
def remove_supplier(number):
    if STORE["suppliers"].pop(number, None) is None:
        abort(404)
    return "", 204


SHIPMENT_FIELDS = ("weight", "email")


@app.get("/shipments")
def list_shipments():
    """All shipments, the newest first."""
    found = sorted(STORE["shipments"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/shipments")
def add_shipment():
    data = request.get_json(force=True)
    missing = [field for field in SHIPMENT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["shipments"]) + 1
    entry = {field: data[field] for field in SHIPMENT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["shipments"][number] = entry
    return redirect(url_for("show_shipment", number=number))


@app.get("/shipments/<int:number>")
def show_shipment(number):
    entry = STORE["shipments"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/shipments/<int:number>")
def remove_shipment(number):
    if STORE["shipments"].pop(number, None) is None:
        abort(404)
    return "", 204


PAYMENT_FIELDS = ("owner", "name", "note", "date")


@app.get("/payments")
def list_payments():
    """All payments, the newest first."""
    found = sorted(STORE["payments"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/payments")
def add_payment():
    data = request.get_json(force=True)
    missing = [field for field in PAYMENT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["payments"]) + 1
    entry = {field: data[field] for field in PAYMENT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["payments"][number] = entry
    return redirect(url_for("show_payment", number=number))


@app.get("/payments/<int:number>")
def show_payment(number):
    entry = STORE["payments"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


REFUND_FIELDS = ("city", "unit", "note")


@app.get("/refunds")
def list_refunds():
    """All refunds, the newest first."""
    found = sorted(STORE["refunds"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/refunds")
def add_refund():
    data = request.get_json(force=True)
    missing = [field for field in REFUND_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["refunds"]) + 1
    entry = {field: data[field] for field in REFUND_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["refunds"][number] = entry
    return redirect(url_for("show_refund", number=number))


@app.get("/refunds/<int:number>")
def show_refund(number):
    entry = STORE["refunds"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/refunds/<int:number>")
def remove_refund(number):
    if STORE["refunds"].pop(number, None) is None:
        abort(404)
    return "", 204


TICKET_FIELDS = ("date", "email", "note")


@app.get("/tickets")
def list_tickets():
    """All tickets, the newest first."""
    found = sorted(STORE["tickets"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/tickets")
def add_ticket():
    data = request.get_json(force=True)
    missing = [field for field in TICKET_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["tickets"]) + 1
    entry = {field: data[field] for field in TICKET_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["tickets"][number] = entry
    return redirect(url_for("show_ticket", number=number))


@app.get("/tickets/<int:number>")
def show_ticket(number):
    entry = STORE["tickets"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


EMPLOYEE_FIELDS = ("title", "priority", "city", "date")


@app.get("/employees")
def list_employees():
    """All employees, the newest first."""
    found = sorted(STORE["employees"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/employees")
def add_employee():
    data = request.get_json(force=True)
    missing = [field for field in EMPLOYEE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["employees"]) + 1
    entry = {field: data[field] for field in EMPLOYEE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["employees"][number] = entry
    return redirect(url_for("show_employee", number=number))


@app.get("/employees/<int:number>")
def show_employee(number):
    entry = STORE["employees"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/employees/<int:number>")
def remove_employee(number):
    if STORE["employees"].pop(number, None) is None:
        abort(404)
    return "", 204


CONTRACT_FIELDS = ("email", "unit", "amount", "code")


@app.get("/contracts")
def list_contracts():
    """All contracts, the newest first."""
    found = sorted(STORE["contracts"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/contracts")
def add_contract():
    data = request.get_json(force=True)
    missing = [field for field in CONTRACT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["contracts"]) + 1
    entry = {field: data[field] for field in CONTRACT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["contracts"][number] = entry
    return redirect(url_for("show_contract", number=number))


@app.get("/contracts/<int:number>")
def show_contract(number):
    entry = STORE["contracts"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


PROJECT_FIELDS = ("unit", "code", "owner", "color")


@app.get("/projects")
def list_projects():
    """All projects, the newest first."""
    found = sorted(STORE["projects"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/projects")
def add_project():
    data = request.get_json(force=True)
    missing = [field for field in PROJECT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["projects"]) + 1
    entry = {field: data[field] for field in PROJECT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["projects"][number] = entry
    return redirect(url_for("show_project", number=number))


@app.get("/projects/<int:number>")
def show_project(number):
    entry = STORE["projects"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


MEETING_FIELDS = ("owner", "priority")


@app.get("/meetings")
def list_meetings():
    """All meetings, the newest first."""
    found = sorted(STORE["meetings"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/meetings")
def add_meeting():
    data = request.get_json(force=True)
    missing = [field for field in MEETING_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["meetings"]) + 1
    entry = {field: data[field] for field in MEETING_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["meetings"][number] = entry
    return redirect(url_for("show_meeting", number=number))


@app.get("/meetings/<int:number>")
def show_meeting(number):
    entry = STORE["meetings"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/meetings/<int:number>")
def remove_meeting(number):
    if STORE["meetings"].pop(number, None) is None:
        abort(404)
    return "", 204


REPORT_FIELDS = ("phone", "note", "title", "amount")


@app.get("/reports")
def list_reports():
    """All reports, the newest first."""
    found = sorted(STORE["reports"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/reports")
def add_report():
    data = request.get_json(force=True)
    missing = [field for field in REPORT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["reports"]) + 1
    entry = {field: data[field] for field in REPORT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["reports"][number] = entry
    return redirect(url_for("show_report", number=number))


@app.get("/reports/<int:number>")
def show_report(number):
    entry = STORE["reports"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/reports/<int:number>")
def remove_report(number):
    if STORE["reports"].pop(number, None) is None:
        abort(404)
    return "", 204


ASSET_FIELDS = ("weight", "status", "unit", "name")


@app.get("/assets")
def list_assets():
    """All assets, the newest first."""
    found = sorted(STORE["assets"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/assets")
def add_asset():
    data = request.get_json(force=True)
    missing = [field for field in ASSET_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["assets"]) + 1
    entry = {field: data[field] for field in ASSET_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["assets"][number] = entry
    return redirect(url_for("show_asset", number=number))


@app.get("/assets/<int:number>")
def show_asset(number):
    entry = STORE["assets"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/assets/<int:number>")
def remove_asset(number):
    if STORE["assets"].pop(number, None) is None:
        abort(404)
    return "", 204


VEHICLE_FIELDS = ("unit", "email")


@app.get("/vehicles")
def list_vehicles():
    """All vehicles, the newest first."""
    found = sorted(STORE["vehicles"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/vehicles")
def add_vehicle():
    data = request.get_json(force=True)
    missing = [field for field in VEHICLE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["vehicles"]) + 1
    entry = {field: data[field] for field in VEHICLE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["vehicles"][number] = entry
    return redirect(url_for("show_vehicle", number=number))


@app.get("/vehicles/<int:number>")
def show_vehicle(number):
    entry = STORE["vehicles"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


ROOM_FIELDS = ("status", "unit", "title", "weight")


@app.get("/rooms")
def list_rooms():
    """All rooms, the newest first."""
    found = sorted(STORE["rooms"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/rooms")
def add_room():
    data = request.get_json(force=True)
    missing = [field for field in ROOM_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["rooms"]) + 1
    entry = {field: data[field] for field in ROOM_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["rooms"][number] = entry
    return redirect(url_for("show_room", number=number))


@app.get("/rooms/<int:number>")
def show_room(number):
    entry = STORE["rooms"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/rooms/<int:number>")
def remove_room(number):
    if STORE["rooms"].pop(number, None) is None:
        abort(404)
    return "", 204


COURSE_FIELDS = ("city", "note", "weight")


@app.get("/courses")
def list_courses():
    """All courses, the newest first."""
    found = sorted(STORE["courses"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/courses")
def add_course():
    data = request.get_json(force=True)
    missing = [field for field in COURSE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["courses"]) + 1
    entry = {field: data[field] for field in COURSE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["courses"][number] = entry
    return redirect(url_for("show_course", number=number))


@app.get("/courses/<int:number>")
def show_course(number):
    entry = STORE["courses"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/courses/<int:number>")
def remove_course(number):
    if STORE["courses"].pop(number, None) is None:
        abort(404)
    return "", 204


STUDENT_FIELDS = ("weight", "title")


@app.get("/students")
def list_students():
    """All students, the newest first."""
    found = sorted(STORE["students"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/students")
def add_student():
    data = request.get_json(force=True)
    missing = [field for field in STUDENT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["students"]) + 1
    entry = {field: data[field] for field in STUDENT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["students"][number] = entry
    return redirect(url_for("show_student", number=number))


@app.get("/students/<int:number>")
def show_student(number):
    entry = STORE["students"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/students/<int:number>")
def remove_student(number):
    if STORE["students"].pop(number, None) is None:
        abort(404)
    return "", 204


TEACHER_FIELDS = ("color", "phone", "note", "name")


@app.get("/teachers")
def list_teachers():
    """All teachers, the newest first."""
    found = sorted(STORE["teachers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/teachers")
def add_teacher():
    data = request.get_json(force=True)
    missing = [field for field in TEACHER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["teachers"]) + 1
    entry = {field: data[field] for field in TEACHER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["teachers"][number] = entry
    return redirect(url_for("show_teacher", number=number))


@app.get("/teachers/<int:number>")
def show_teacher(number):
    entry = STORE["teachers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


ARTICLE_FIELDS = ("city", "color", "status", "owner")


@app.get("/articles")
def list_articles():
    """All articles, the newest first."""
    found = sorted(STORE["articles"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/articles")
def add_article():
    data = request.get_json(force=True)
    missing = [field for field in ARTICLE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["articles"]) + 1
    entry = {field: data[field] for field in ARTICLE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["articles"][number] = entry
    return redirect(url_for("show_article", number=number))


@app.get("/articles/<int:number>")
def show_article(number):
    entry = STORE["articles"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


COMMENT_FIELDS = ("color", "code")


@app.get("/comments")
def list_comments():
    """All comments, the newest first."""
    found = sorted(STORE["comments"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/comments")
def add_comment():
    data = request.get_json(force=True)
    missing = [field for field in COMMENT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["comments"]) + 1
    entry = {field: data[field] for field in COMMENT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["comments"][number] = entry
    return redirect(url_for("show_comment", number=number))


@app.get("/comments/<int:number>")
def show_comment(number):
    entry = STORE["comments"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/comments/<int:number>")
def remove_comment(number):
    if STORE["comments"].pop(number, None) is None:
        abort(404)
    return "", 204


PHOTO_FIELDS = ("note", "email", "unit")


@app.get("/photos")
def list_photos():
    """All photos, the newest first."""
    found = sorted(STORE["photos"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/photos")
def add_photo():
    data = request.get_json(force=True)
    missing = [field for field in PHOTO_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["photos"]) + 1
    entry = {field: data[field] for field in PHOTO_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["photos"][number] = entry
    return redirect(url_for("show_photo", number=number))


@app.get("/photos/<int:number>")
def show_photo(number):
    entry = STORE["photos"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


ALBUM_FIELDS = ("city", "phone", "weight")


@app.get("/albums")
def list_albums():
    """All albums, the newest first."""
    found = sorted(STORE["albums"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/albums")
def add_album():
    data = request.get_json(force=True)
    missing = [field for field in ALBUM_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["albums"]) + 1
    entry = {field: data[field] for field in ALBUM_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["albums"][number] = entry
    return redirect(url_for("show_album", number=number))


@app.get("/albums/<int:number>")
def show_album(number):
    entry = STORE["albums"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


PLAYLIST_FIELDS = ("unit", "color", "priority")


@app.get("/playlists")
def list_playlists():
    """All playlists, the newest first."""
    found = sorted(STORE["playlists"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/playlists")
def add_playlist():
    data = request.get_json(force=True)
    missing = [field for field in PLAYLIST_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["playlists"]) + 1
    entry = {field: data[field] for field in PLAYLIST_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["playlists"][number] = entry
    return redirect(url_for("show_playlist", number=number))


@app.get("/playlists/<int:number>")
def show_playlist(number):
    entry = STORE["playlists"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/playlists/<int:number>")
def remove_playlist(number):
    if STORE["playlists"].pop(number, None) is None:
        abort(404)
    return "", 204


RECIPE_FIELDS = ("amount", "note", "city", "status")


@app.get("/recipes")
def list_recipes():
    """All recipes, the newest first."""
    found = sorted(STORE["recipes"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/recipes")
def add_recipe():
    data = request.get_json(force=True)
    missing = [field for field in RECIPE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["recipes"]) + 1
    entry = {field: data[field] for field in RECIPE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["recipes"][number] = entry
    return redirect(url_for("show_recipe", number=number))


@app.get("/recipes/<int:number>")
def show_recipe(number):
    entry = STORE["recipes"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/recipes/<int:number>")
def remove_recipe(number):
    if STORE["recipes"].pop(number, None) is None:
        abort(404)
    return "", 204


INGREDIENT_FIELDS = ("email", "color")


@app.get("/ingredients")
def list_ingredients():
    """All ingredients, the newest first."""
    found = sorted(STORE["ingredients"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/ingredients")
def add_ingredient():
    data = request.get_json(force=True)
    missing = [field for field in INGREDIENT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["ingredients"]) + 1
    entry = {field: data[field] for field in INGREDIENT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["ingredients"][number] = entry
    return redirect(url_for("show_ingredient", number=number))


@app.get("/ingredients/<int:number>")
def show_ingredient(number):
    entry = STORE["ingredients"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


WAREHOUSE_FIELDS = ("email", "owner", "unit")


@app.get("/warehouses")
def list_warehouses():
    """All warehouses, the newest first."""
    found = sorted(STORE["warehouses"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/warehouses")
def add_warehouse():
    data = request.get_json(force=True)
    missing = [field for field in WAREHOUSE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["warehouses"]) + 1
    entry = {field: data[field] for field in WAREHOUSE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["warehouses"][number] = entry
    return redirect(url_for("show_warehouse", number=number))


@app.get("/warehouses/<int:number>")
def show_warehouse(number):
    entry = STORE["warehouses"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/warehouses/<int:number>")
def remove_warehouse(number):
    if STORE["warehouses"].pop(number, None) is None:
        abort(404)
    return "", 204


SHELF_FIELDS = ("unit", "color", "code")


@app.get("/shelfs")
def list_shelfs():
    """All shelfs, the newest first."""
    found = sorted(STORE["shelfs"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/shelfs")
def add_shelf():
    data = request.get_json(force=True)
    missing = [field for field in SHELF_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["shelfs"]) + 1
    entry = {field: data[field] for field in SHELF_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["shelfs"][number] = entry
    return redirect(url_for("show_shelf", number=number))


@app.get("/shelfs/<int:number>")
def show_shelf(number):
    entry = STORE["shelfs"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


PARCEL_FIELDS = ("owner", "phone")


@app.get("/parcels")
def list_parcels():
    """All parcels, the newest first."""
    found = sorted(STORE["parcels"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/parcels")
def add_parcel():
    data = request.get_json(force=True)
    missing = [field for field in PARCEL_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["parcels"]) + 1
    entry = {field: data[field] for field in PARCEL_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["parcels"][number] = entry
    return redirect(url_for("show_parcel", number=number))


@app.get("/parcels/<int:number>")
def show_parcel(number):
    entry = STORE["parcels"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


COUPON_FIELDS = ("code", "status")


@app.get("/coupons")
def list_coupons():
    """All coupons, the newest first."""
    found = sorted(STORE["coupons"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/coupons")
def add_coupon():
    data = request.get_json(force=True)
    missing = [field for field in COUPON_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["coupons"]) + 1
    entry = {field: data[field] for field in COUPON_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["coupons"][number] = entry
    return redirect(url_for("show_coupon", number=number))


@app.get("/coupons/<int:number>")
def show_coupon(number):
    entry = STORE["coupons"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


VOUCHER_FIELDS = ("color", "priority", "city")


@app.get("/vouchers")
def list_vouchers():
    """All vouchers, the newest first."""
    found = sorted(STORE["vouchers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/vouchers")
def add_voucher():
    data = request.get_json(force=True)
    missing = [field for field in VOUCHER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["vouchers"]) + 1
    entry = {field: data[field] for field in VOUCHER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["vouchers"][number] = entry
    return redirect(url_for("show_voucher", number=number))


@app.get("/vouchers/<int:number>")
def show_voucher(number):
    entry = STORE["vouchers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


BRANCH_FIELDS = ("amount", "status", "weight", "name")


@app.get("/branches")
def list_branches():
    """All branches, the newest first."""
    found = sorted(STORE["branches"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/branches")
def add_branch():
    data = request.get_json(force=True)
    missing = [field for field in BRANCH_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["branches"]) + 1
    entry = {field: data[field] for field in BRANCH_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["branches"][number] = entry
    return redirect(url_for("show_branch", number=number))


@app.get("/branches/<int:number>")
def show_branch(number):
    entry = STORE["branches"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


REGION_FIELDS = ("phone", "code")


@app.get("/regions")
def list_regions():
    """All regions, the newest first."""
    found = sorted(STORE["regions"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/regions")
def add_region():
    data = request.get_json(force=True)
    missing = [field for field in REGION_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["regions"]) + 1
    entry = {field: data[field] for field in REGION_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["regions"][number] = entry
    return redirect(url_for("show_region", number=number))


@app.get("/regions/<int:number>")
def show_region(number):
    entry = STORE["regions"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/regions/<int:number>")
def remove_region(number):
    if STORE["regions"].pop(number, None) is None:
        abort(404)
    return "", 204


COUNTRY_FIELDS = ("note", "phone")


@app.get("/countries")
def list_countries():
    """All countries, the newest first."""
    found = sorted(STORE["countries"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/countries")
def add_country():
    data = request.get_json(force=True)
    missing = [field for field in COUNTRY_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["countries"]) + 1
    entry = {field: data[field] for field in COUNTRY_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["countries"][number] = entry
    return redirect(url_for("show_country", number=number))


@app.get("/countries/<int:number>")
def show_country(number):
    entry = STORE["countries"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/countries/<int:number>")
def remove_country(number):
    if STORE["countries"].pop(number, None) is None:
        abort(404)
    return "", 204


CURRENCY_FIELDS = ("phone", "color")


@app.get("/currencies")
def list_currencies():
    """All currencies, the newest first."""
    found = sorted(STORE["currencies"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/currencies")
def add_currency():
    data = request.get_json(force=True)
    missing = [field for field in CURRENCY_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["currencies"]) + 1
    entry = {field: data[field] for field in CURRENCY_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["currencies"][number] = entry
    return redirect(url_for("show_currency", number=number))


@app.get("/currencies/<int:number>")
def show_currency(number):
    entry = STORE["currencies"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


LANGUAGE_FIELDS = ("email", "priority")


@app.get("/languages")
def list_languages():
    """All languages, the newest first."""
    found = sorted(STORE["languages"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/languages")
def add_language():
    data = request.get_json(force=True)
    missing = [field for field in LANGUAGE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["languages"]) + 1
    entry = {field: data[field] for field in LANGUAGE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["languages"][number] = entry
    return redirect(url_for("show_language", number=number))


@app.get("/languages/<int:number>")
def show_language(number):
    entry = STORE["languages"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/languages/<int:number>")
def remove_language(number):
    if STORE["languages"].pop(number, None) is None:
        abort(404)
    return "", 204


MESSAGE_FIELDS = ("title", "priority")


@app.get("/messages")
def list_messages():
    """All messages, the newest first."""
    found = sorted(STORE["messages"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/messages")
def add_message():
    data = request.get_json(force=True)
    missing = [field for field in MESSAGE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["messages"]) + 1
    entry = {field: data[field] for field in MESSAGE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["messages"][number] = entry
    return redirect(url_for("show_message", number=number))


@app.get("/messages/<int:number>")
def show_message(number):
    entry = STORE["messages"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/messages/<int:number>")
def remove_message(number):
    if STORE["messages"].pop(number, None) is None:
        abort(404)
    return "", 204


NOTICE_FIELDS = ("date", "color", "status", "city")


@app.get("/notices")
def list_notices():
    """All notices, the newest first."""
    found = sorted(STORE["notices"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/notices")
def add_notice():
    data = request.get_json(force=True)
    missing = [field for field in NOTICE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["notices"]) + 1
    entry = {field: data[field] for field in NOTICE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["notices"][number] = entry
    return redirect(url_for("show_notice", number=number))


@app.get("/notices/<int:number>")
def show_notice(number):
    entry = STORE["notices"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/notices/<int:number>")
def remove_notice(number):
    if STORE["notices"].pop(number, None) is None:
        abort(404)
    return "", 204


HOLIDAY_FIELDS = ("amount", "phone")


@app.get("/holidaies")
def list_holidaies():
    """All holidaies, the newest first."""
    found = sorted(STORE["holidaies"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/holidaies")
def add_holiday():
    data = request.get_json(force=True)
    missing = [field for field in HOLIDAY_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["holidaies"]) + 1
    entry = {field: data[field] for field in HOLIDAY_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["holidaies"][number] = entry
    return redirect(url_for("show_holiday", number=number))


@app.get("/holidaies/<int:number>")
def show_holiday(number):
    entry = STORE["holidaies"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/holidaies/<int:number>")
def remove_holiday(number):
    if STORE["holidaies"].pop(number, None) is None:
        abort(404)
    return "", 204


SHIFT_FIELDS = ("phone", "city")


@app.get("/shifts")
def list_shifts():
    """All shifts, the newest first."""
    found = sorted(STORE["shifts"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/shifts")
def add_shift():
    data = request.get_json(force=True)
    missing = [field for field in SHIFT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["shifts"]) + 1
    entry = {field: data[field] for field in SHIFT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["shifts"][number] = entry
    return redirect(url_for("show_shift", number=number))


@app.get("/shifts/<int:number>")
def show_shift(number):
    entry = STORE["shifts"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


MACHINE_FIELDS = ("phone", "title", "color", "status")


@app.get("/machines")
def list_machines():
    """All machines, the newest first."""
    found = sorted(STORE["machines"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/machines")
def add_machine():
    data = request.get_json(force=True)
    missing = [field for field in MACHINE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["machines"]) + 1
    entry = {field: data[field] for field in MACHINE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["machines"][number] = entry
    return redirect(url_for("show_machine", number=number))


@app.get("/machines/<int:number>")
def show_machine(number):
    entry = STORE["machines"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/machines/<int:number>")
def remove_machine(number):
    if STORE["machines"].pop(number, None) is None:
        abort(404)
    return "", 204


SENSOR_FIELDS = ("email", "amount", "name")


@app.get("/sensors")
def list_sensors():
    """All sensors, the newest first."""
    found = sorted(STORE["sensors"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/sensors")
def add_sensor():
    data = request.get_json(force=True)
    missing = [field for field in SENSOR_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["sensors"]) + 1
    entry = {field: data[field] for field in SENSOR_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["sensors"][number] = entry
    return redirect(url_for("show_sensor", number=number))


@app.get("/sensors/<int:number>")
def show_sensor(number):
    entry = STORE["sensors"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


READING_FIELDS = ("title", "status")


@app.get("/readings")
def list_readings():
    """All readings, the newest first."""
    found = sorted(STORE["readings"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/readings")
def add_reading():
    data = request.get_json(force=True)
    missing = [field for field in READING_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["readings"]) + 1
    entry = {field: data[field] for field in READING_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["readings"][number] = entry
    return redirect(url_for("show_reading", number=number))


@app.get("/readings/<int:number>")
def show_reading(number):
    entry = STORE["readings"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


ALARM_FIELDS = ("unit", "date", "name")


@app.get("/alarms")
def list_alarms():
    """All alarms, the newest first."""
    found = sorted(STORE["alarms"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/alarms")
def add_alarm():
    data = request.get_json(force=True)
    missing = [field for field in ALARM_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["alarms"]) + 1
    entry = {field: data[field] for field in ALARM_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["alarms"][number] = entry
    return redirect(url_for("show_alarm", number=number))


@app.get("/alarms/<int:number>")
def show_alarm(number):
    entry = STORE["alarms"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/alarms/<int:number>")
def remove_alarm(number):
    if STORE["alarms"].pop(number, None) is None:
        abort(404)
    return "", 204


BUDGET_FIELDS = ("status", "date")


@app.get("/budgets")
def list_budgets():
    """All budgets, the newest first."""
    found = sorted(STORE["budgets"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/budgets")
def add_budget():
    data = request.get_json(force=True)
    missing = [field for field in BUDGET_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["budgets"]) + 1
    entry = {field: data[field] for field in BUDGET_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["budgets"][number] = entry
    return redirect(url_for("show_budget", number=number))


@app.get("/budgets/<int:number>")
def show_budget(number):
    entry = STORE["budgets"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


EXPENSE_FIELDS = ("color", "name", "weight")


@app.get("/expenses")
def list_expenses():
    """All expenses, the newest first."""
    found = sorted(STORE["expenses"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/expenses")
def add_expense():
    data = request.get_json(force=True)
    missing = [field for field in EXPENSE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["expenses"]) + 1
    entry = {field: data[field] for field in EXPENSE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["expenses"][number] = entry
    return redirect(url_for("show_expense", number=number))


@app.get("/expenses/<int:number>")
def show_expense(number):
    entry = STORE["expenses"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/expenses/<int:number>")
def remove_expense(number):
    if STORE["expenses"].pop(number, None) is None:
        abort(404)
    return "", 204


ACCOUNT_FIELDS = ("date", "owner", "code", "weight")


@app.get("/accounts")
def list_accounts():
    """All accounts, the newest first."""
    found = sorted(STORE["accounts"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/accounts")
def add_account():
    data = request.get_json(force=True)
    missing = [field for field in ACCOUNT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["accounts"]) + 1
    entry = {field: data[field] for field in ACCOUNT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["accounts"][number] = entry
    return redirect(url_for("show_account", number=number))


@app.get("/accounts/<int:number>")
def show_account(number):
    entry = STORE["accounts"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


TRANSFER_FIELDS = ("amount", "code")


@app.get("/transfers")
def list_transfers():
    """All transfers, the newest first."""
    found = sorted(STORE["transfers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/transfers")
def add_transfer():
    data = request.get_json(force=True)
    missing = [field for field in TRANSFER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["transfers"]) + 1
    entry = {field: data[field] for field in TRANSFER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["transfers"][number] = entry
    return redirect(url_for("show_transfer", number=number))


@app.get("/transfers/<int:number>")
def show_transfer(number):
    entry = STORE["transfers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/transfers/<int:number>")
def remove_transfer(number):
    if STORE["transfers"].pop(number, None) is None:
        abort(404)
    return "", 204


CAMPAIGN_FIELDS = ("code", "note", "email", "amount")


@app.get("/campaigns")
def list_campaigns():
    """All campaigns, the newest first."""
    found = sorted(STORE["campaigns"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/campaigns")
def add_campaign():
    data = request.get_json(force=True)
    missing = [field for field in CAMPAIGN_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["campaigns"]) + 1
    entry = {field: data[field] for field in CAMPAIGN_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["campaigns"][number] = entry
    return redirect(url_for("show_campaign", number=number))


@app.get("/campaigns/<int:number>")
def show_campaign(number):
    entry = STORE["campaigns"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/campaigns/<int:number>")
def remove_campaign(number):
    if STORE["campaigns"].pop(number, None) is None:
        abort(404)
    return "", 204


LEAD_FIELDS = ("code", "phone", "color")


@app.get("/leads")
def list_leads():
    """All leads, the newest first."""
    found = sorted(STORE["leads"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/leads")
def add_lead():
    data = request.get_json(force=True)
    missing = [field for field in LEAD_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["leads"]) + 1
    entry = {field: data[field] for field in LEAD_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["leads"][number] = entry
    return redirect(url_for("show_lead", number=number))


@app.get("/leads/<int:number>")
def show_lead(number):
    entry = STORE["leads"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


VISIT_FIELDS = ("name", "amount", "weight", "phone")


@app.get("/visits")
def list_visits():
    """All visits, the newest first."""
    found = sorted(STORE["visits"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/visits")
def add_visit():
    data = request.get_json(force=True)
    missing = [field for field in VISIT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["visits"]) + 1
    entry = {field: data[field] for field in VISIT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["visits"][number] = entry
    return redirect(url_for("show_visit", number=number))


@app.get("/visits/<int:number>")
def show_visit(number):
    entry = STORE["visits"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/visits/<int:number>")
def remove_visit(number):
    if STORE["visits"].pop(number, None) is None:
        abort(404)
    return "", 204


SURVEY_FIELDS = ("title", "amount")


@app.get("/surveies")
def list_surveies():
    """All surveies, the newest first."""
    found = sorted(STORE["surveies"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/surveies")
def add_survey():
    data = request.get_json(force=True)
    missing = [field for field in SURVEY_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["surveies"]) + 1
    entry = {field: data[field] for field in SURVEY_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["surveies"][number] = entry
    return redirect(url_for("show_survey", number=number))


@app.get("/surveies/<int:number>")
def show_survey(number):
    entry = STORE["surveies"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/surveies/<int:number>")
def remove_survey(number):
    if STORE["surveies"].pop(number, None) is None:
        abort(404)
    return "", 204


ANSWER_FIELDS = ("unit", "amount", "name", "city")


@app.get("/answers")
def list_answers():
    """All answers, the newest first."""
    found = sorted(STORE["answers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/answers")
def add_answer():
    data = request.get_json(force=True)
    missing = [field for field in ANSWER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["answers"]) + 1
    entry = {field: data[field] for field in ANSWER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["answers"][number] = entry
    return redirect(url_for("show_answer", number=number))


@app.get("/answers/<int:number>")
def show_answer(number):
    entry = STORE["answers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/answers/<int:number>")
def remove_answer(number):
    if STORE["answers"].pop(number, None) is None:
        abort(404)
    return "", 204


BADGE_FIELDS = ("owner", "priority", "phone")


@app.get("/badges")
def list_badges():
    """All badges, the newest first."""
    found = sorted(STORE["badges"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/badges")
def add_badge():
    data = request.get_json(force=True)
    missing = [field for field in BADGE_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["badges"]) + 1
    entry = {field: data[field] for field in BADGE_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["badges"][number] = entry
    return redirect(url_for("show_badge", number=number))


@app.get("/badges/<int:number>")
def show_badge(number):
    entry = STORE["badges"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.delete("/badges/<int:number>")
def remove_badge(number):
    if STORE["badges"].pop(number, None) is None:
        abort(404)
    return "", 204


LOCKER_FIELDS = ("name", "weight")


@app.get("/lockers")
def list_lockers():
    """All lockers, the newest first."""
    found = sorted(STORE["lockers"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/lockers")
def add_locker():
    data = request.get_json(force=True)
    missing = [field for field in LOCKER_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["lockers"]) + 1
    entry = {field: data[field] for field in LOCKER_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["lockers"][number] = entry
    return redirect(url_for("show_locker", number=number))


@app.get("/lockers/<int:number>")
def show_locker(number):
    entry = STORE["lockers"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


PERMIT_FIELDS = ("owner", "amount", "title")


@app.get("/permits")
def list_permits():
    """All permits, the newest first."""
    found = sorted(STORE["permits"].values(), key=lambda entry: entry["created"], reverse=True)
    return jsonify(found)


@app.post("/permits")
def add_permit():
    data = request.get_json(force=True)
    missing = [field for field in PERMIT_FIELDS if field not in data]
    if missing:
        return jsonify(missing=missing), 400
    number = len(STORE["permits"]) + 1
    entry = {field: data[field] for field in PERMIT_FIELDS}
    entry["created"] = datetime.datetime.now().isoformat()
    STORE["permits"][number] = entry
    return redirect(url_for("show_permit", number=number))


@app.get("/permits/<int:number>")
def show_permit(number):
    entry = STORE["permits"].get(number)
    if entry is None:
        abort(404)
    return jsonify(entry)


@app.get("/health")
def health():
    return jsonify(files=len(os.listdir(".")), stores=sorted(STORE))


def from_cents(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def to_cents(text):
    return round(float(text) * 100)


def shorten(text):
    return text if len(text) < 40 else text[:37] + "..."


def initials(name):
    return "".join(word[0] for word in name.split())


def is_weekend(day):
    return day.weekday() >= 5


def as_percent(share):
    return f"{share:.1%}"


def clean(text):
    return " ".join(text.split())


def first_word(text):
    return text.split()[0] if text.split() else ""


HOLIDAYS = (
    datetime.date(2024, 1, 1),
    datetime.date(2024, 1, 31),
    datetime.date(2024, 2, 14),
    datetime.date(2024, 3, 22),
    datetime.date(2024, 4, 26),
    datetime.date(2024, 5, 5),
    datetime.date(2024, 5, 17),
    datetime.date(2024, 6, 15),
    datetime.date(2024, 6, 27),
    datetime.date(2024, 8, 2),
    datetime.date(2024, 8, 23),
    datetime.date(2024, 9, 25),
    datetime.date(2024, 10, 29),
    datetime.date(2024, 11, 26),
    datetime.date(2024, 12, 26),
    datetime.date(2025, 1, 29),
    datetime.date(2025, 2, 17),
    datetime.date(2025, 3, 21),
    datetime.date(2025, 4, 10),
    datetime.date(2025, 5, 19),
    datetime.date(2025, 6, 8),
    datetime.date(2025, 7, 9),
    datetime.date(2025, 7, 30),
    datetime.date(2025, 8, 26),
    datetime.date(2025, 9, 28),
)


if __name__ == "__main__":
    app.run(debug=True)
