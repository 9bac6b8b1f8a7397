"""Expressions that random programs give to debug: lookups of the environment, literals, words of variables.

What they evaluate to, real Python decides.
"""
LOOKUPS = (
    'os.environ.get("FLASK_DEBUG")',
    'os.environ.get("FLASK_DEBUG") == "1"',
    'os.environ.get("FLASK_DEBUG", "1") == "1"',
    'os.environ.get("FLASK_DEBUG", "0") == "1"',
    'os.getenv("FLASK_DEBUG", "true").lower() == "true"',
    'os.getenv("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")',
    'os.environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no")',
    'os.environ.get("FLASK_DEBUG", False)',
    'os.environ.get("FLASK_DEBUG", True)',
    'os.environ.get("FLASK_DEBUG", "False")',
    'os.environ.get("FLASK_DEBUG") != "0"',
    'os.environ.get("FLASK_DEBUG") or True',
    'bool(os.environ.get("FLASK_DEBUG"))',
    'bool(int(os.environ.get("FLASK_DEBUG", "0")))',
    'bool(int(os.environ.get("FLASK_DEBUG", "1")))',
    '"FLASK_DEBUG" in os.environ',
    '"PRODUCTION" not in os.environ',
    'not os.environ.get("PRODUCTION")',
    'os.environ.get("APP_ENV") == "development"',
    'os.environ.get("APP_ENV", "development") == "development"',
    'True if os.environ.get("FLASK_DEBUG") == "1" else False',
    'bool(os.environ.get("FLASK_DEBUG", "0"))',
)
LITERALS = ("True", "True", "True", "False", "1", "0", "None", '"False"', '"0"', '""', "[]", "[0]", "not False", "not True",
            "1 == 1", "2 > 3", "False or True", "True and 0", "True if 1 else False", "False if 1 else True", "bool(1)",
            "bool(0)", "not not 1", "(True)", "f\"{False}\"", "1 if 0 else 2", "{}", "()", "(False,)")
# Switching on and off in the environment, by the program itself.
WORDS = ("1", "0", "off", "true", "")
