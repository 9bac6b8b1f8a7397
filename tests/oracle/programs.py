"""Random Flask programs: how the app is made, what enables debug, with which value, in which files, overridden by what.

Every line carries whether it is a place that a finding may stand at: where something is enabled, or where its value
comes from. Nothing here knows what Flask does with a program, or what `undebug` says.
"""
import random
from dataclasses import dataclass, field

from snippets import LITERALS, LOOKUPS, WORDS


@dataclass
class Line:
    text: str
    cause: bool = False


@dataclass
class Source:
    """One file, in the order in which its parts are written down."""

    imports: set = field(default_factory=set)
    constants: list = field(default_factory=list)
    body: list = field(default_factory=list)

    def lines(self):
        # Plain imports before `from` imports, as people sort them.
        imports = sorted(self.imports, key=lambda text: (text.startswith("from"), text))
        blank = [Line("")] if imports else []
        return [Line(text) for text in imports] + blank + self.constants + self.body


class Program:
    """One program: its files, and the one to start."""

    def __init__(self, rng):
        self.rng = rng
        self.sources = {}
        self.names = 0
        self.start = "app.py"
        self.build()

    def texts(self):
        return {name: "\n".join(line.text for line in source.lines()) + "\n" for name, source in self.sources.items()}

    def causes(self):
        return {
            (name, number)
            for name, source in self.sources.items()
            for number, line in enumerate(source.lines(), 1)
            if line.cause
        }

    # The parts, from the whole to the small.

    def build(self):
        rng = self.rng
        layout = rng.choice(("single", "single", "single", "module", "package"))
        home = {"single": "app.py", "module": "web.py", "package": "shop/__init__.py"}[layout]
        self.start = "app.py" if layout == "single" else "run.py"
        made, launcher = self.source(home), self.source(self.start)
        kind = rng.choice(("direct", "direct", "alias", "dotted", "factory", "self_app", "subclass"))
        steps = [self.enabling(home) for _ in range(rng.choice((0, 1, 1, 1, 2, 2)))]
        inside = [step for step in steps if rng.random() < 0.6]
        outside = [step for step in steps if step not in inside]
        handle = self.create(kind, made, inside)
        if layout != "single":
            module = "web" if layout == "module" else "shop"
            launcher.imports.add(f"from {module} import {handle['import']}")
        launcher.body += handle["use"]
        for step in outside:
            launcher.body += self.perhaps_dead(step(launcher, handle["app"]))
        self.launch(launcher, handle["app"])

    def source(self, name):
        return self.sources.setdefault(name, Source())

    def create(self, kind, source, inside):
        """Writes the making of an app, with what happens to it there. How to import, make and name it elsewhere."""
        cls = self.flask(kind, source)
        if kind in ("factory", "self_app"):
            app, indent = ("app", "    ") if kind == "factory" else ("self.app", "        ")
            steps = [line for step in inside for line in self.perhaps_dead(step(source, app))]
            made = [Line(f"{app} = {cls}(__name__)"), *steps]
            if kind == "factory":
                source.body += [Line("def create_app():"), *shift([*made, Line("return app")], indent), Line(""), Line("")]
                return {"import": "create_app", "use": [Line("app = create_app()")], "app": "app"}
            source.body += [Line("class Site:"), Line("    def __init__(self):"), *shift(made, indent), Line(""), Line("")]
            return {"import": "Site", "use": [Line("site = Site()")], "app": "site.app"}
        source.body += [Line(f"app = {cls}(__name__)")]
        for step in inside:
            source.body += self.perhaps_dead(step(source, "app"))
        return {"import": "app", "use": [], "app": "app"}

    def flask(self, kind, source):
        if kind == "alias":
            source.imports.add("from flask import Flask as F")
            return "F"
        if kind == "dotted":
            source.imports.add("import flask")
            return "flask.Flask"
        source.imports.add("from flask import Flask")
        if kind == "subclass":
            source.body += [Line("class Shop(Flask):"), Line("    pass"), Line(""), Line("")]
            return "Shop"
        return "Flask"

    def enabling(self, home):
        """One statement (or a few) that may turn debug on: a function of the file and the app's name there."""
        return self.rng.choice((
            self.attribute, self.attribute, self.set_attribute, self.subscript, self.update_keyword, self.update_dict,
            self.from_mapping, self.from_class, self.from_class, self.from_map, self.environment, self.switch_off,
            self.without_effect, self.from_instance, self.from_registry, self.extension, self.blueprint, self.loop,
            self.operators, self.temporary,
        ))

    def attribute(self, source, app):
        return [Line(f"{app}.debug = {self.value(source)}", True)]

    def set_attribute(self, source, app):
        return [Line(f'setattr({app}, "debug", {self.value(source)})', True)]

    def subscript(self, source, app):
        return [Line(f'{app}.config["DEBUG"] = {self.value(source)}', True)]

    def update_keyword(self, source, app):
        return [Line(f"{app}.config.update(TESTING=False, DEBUG={self.value(source)})", True)]

    def update_dict(self, source, app):
        return [Line(f'{app}.config.update({{"DEBUG": {self.value(source)}}})', True)]

    def from_mapping(self, source, app):
        return [Line(f"{app}.config.from_mapping(DEBUG={self.value(source)})", True)]

    def from_class(self, source, app):
        base, name = self.name("Base"), self.name("Config")
        value = self.value(source)
        own = [Line(f"class {name}:"), Line(f"    DEBUG = {value}", True)]
        if self.rng.random() < 0.4:
            own = [Line(f"class {base}:"), Line(f"    DEBUG = {value}", True), Line(""), Line(""), Line(f"class {name}({base}):"),
                   Line("    SECRET_KEY = 'dev'")]
        source.constants += [*own, Line(""), Line("")]
        return [Line(f"{app}.config.from_object({name})", True)]

    def from_map(self, source, app):
        dev, prod, table = self.name("Development"), self.name("Production"), self.name("CONFIGS")
        chosen = self.rng.choice(("dev", "prod"))
        key = self.rng.choice((f'["{chosen}"]', f'[os.environ.get("APP_CONFIG", "{chosen}")]', f'.get("{chosen}")'))
        source.imports.add("import os")
        source.constants += [
            Line(f"class {dev}:"), Line("    DEBUG = True", True), Line(""), Line(""),
            Line(f"class {prod}:"), Line("    DEBUG = False"), Line(""), Line(""),
            Line(f'{table} = {{"dev": {dev}, "prod": {prod}}}'),
        ]
        return [Line(f"{app}.config.from_object({table}{key})", True)]

    def environment(self, source, app):
        source.imports.add("import os")
        word = self.rng.choice(WORDS)
        return [Line(self.rng.choice((
            f'os.environ["FLASK_DEBUG"] = "{word}"',
            f'os.environ.setdefault("FLASK_DEBUG", "{word}")',
            f'os.environ.update(FLASK_DEBUG="{word}")',
            f'os.putenv("FLASK_DEBUG", "{word}")',
        )), True)]

    def from_instance(self, source, app):
        """An instance of a dataclass, perhaps changed by `__post_init__`, or of a class with a property."""
        name = self.name("Options")
        value = self.value(source)
        if self.rng.random() < 0.5:
            source.imports.add("from dataclasses import dataclass")
            lines = [Line("@dataclass"), Line(f"class {name}:"), Line(f"    DEBUG: object = {self.rng.choice(('False', 'None'))}", True)]
            if self.rng.random() < 0.7:
                lines += [Line(""), Line("    def __post_init__(self):"), Line(f"        self.DEBUG = {value}", True)]
        else:
            lines = [Line(f"class {name}:"), Line("    @property"), Line("    def DEBUG(self):"), Line(f"        return {value}", True)]
        source.constants += [*lines, Line(""), Line("")]
        return [Line(f"{app}.config.from_object({name}())", True)]

    def from_registry(self, source, app):
        """Classes that register themselves with their base, looked up by name."""
        base, dev, live = self.name("Settings"), self.name("Dev"), self.name("Live")
        wanted = self.rng.choice((dev, live))
        source.constants += [
            Line(f"class {base}:"), Line("    known = {}"), Line("    DEBUG = False"), Line(""),
            Line("    def __init_subclass__(cls, **options):"), Line("        super().__init_subclass__(**options)"),
            Line(f"        {base}.known[cls.__name__] = cls"), Line(""), Line(""),
            Line(f"class {dev}({base}):"), Line(f"    DEBUG = {self.value(source)}", True), Line(""), Line(""),
            Line(f"class {live}({base}):"), Line("    pass"), Line(""), Line(""),
        ]
        return [Line(f'{app}.config.from_object({base}.known["{wanted}"])', True)]

    def extension(self, source, app):
        name = self.name("Tools")
        source.constants += [
            Line(f"class {name}:"), Line(f"    def __init__(self, app=None, on={self.value(source)}):", True),
            Line("        self.on = on"), Line("        if app is not None:"), Line("            self.init_app(app)"), Line(""),
            Line("    def init_app(self, app):"), Line('        app.config["DEBUG"] = self.on', True), Line(""), Line(""),
        ]
        use = self.rng.choice((f"{name}({app})", f"{name}().init_app({app})", f"{name}()"))
        return [Line(use, True)]

    def blueprint(self, source, app):
        """What a blueprint records runs when it is registered, and only then."""
        name, record = self.name("pages"), self.name("setup")
        source.imports.add("from flask import Blueprint")
        source.constants += [
            Line(f'{name} = Blueprint("{name}", __name__)'), Line(""), Line(""),
            Line(f"@{name}.{self.rng.choice(('record', 'record_once'))}"), Line(f"def {record}(state):"),
            Line(f"    state.app.debug = {self.value(source)}", True), Line(""), Line(""),
        ]
        return [Line(f"{app}.register_blueprint({name})")] if self.rng.random() < 0.7 else []

    def loop(self, source, app):
        value = self.value(source)
        shape = self.rng.choice(("pairs", "comprehension", "filtered"))
        if shape == "pairs":
            return [Line(f'for key, value in [("TESTING", False), ("DEBUG", {value})]:', True), Line(f"    {app}.config[key] = value", True)]
        if shape == "filtered":
            return [Line(f'{app}.config.update({{k: v for k, v in {{"DEBUG": {value}, "NAME": 1}}.items() if k != "NAME"}})', True)]
        return [Line(f'{app}.config.update({{k.upper(): v for part in [{{"debug": {value}}}, {{"port": 1}}] for k, v in part.items()}})', True)]

    def operators(self, source, app):
        source.imports.add("import operator")
        value = self.value(source)
        return [Line(self.rng.choice((
            f'operator.setitem({app}.config, "DEBUG", {value})',
            f'operator.methodcaller("update", DEBUG={value})({app}.config)',
            f'object.__setattr__({app}, "debug", {value})',
        )), True)]

    def temporary(self, source, app):
        """Debug mode for a while: over before the launch."""
        name = self.name("debugging")
        source.imports.add("import contextlib")
        source.constants += [
            Line("@contextlib.contextmanager"), Line(f"def {name}(app):"), Line("    before = app.debug"), Line("    app.debug = True"),
            Line("    try:"), Line("        yield app"), Line("    finally:"), Line("        app.debug = before"), Line(""), Line(""),
        ]
        return [Line(f"with {name}({app}):"), Line("    pass")]

    def switch_off(self, source, app):
        return [Line(self.rng.choice((f"{app}.debug = False", f'{app}.config["DEBUG"] = False', f"{app}.config.update(DEBUG=False)")))]

    def without_effect(self, source, app):
        return [Line(self.rng.choice((
            f'{app}.config.setdefault("DEBUG", True)', f'{app}.config["debug"] = True', f"{app}.config.update(debug=True)",
            f"{app}.config.DEBUG = True", f'{app}.config["TESTING"] = True', f"{app}.testing = True",
            f"{app}.jinja_env.debug = True", 'settings = {"DEBUG": True}', f"{app}.config.from_mapping(debug=True)",
        )))]

    def perhaps_dead(self, lines):
        chance = self.rng.random()
        if chance < 0.06:
            return [Line("if False:"), *shift(lines, "    ")]
        if chance < 0.12:
            return [Line("if True:"), *shift(lines, "    ")]
        return lines

    def launch(self, source, app):
        """The call of run, in some surroundings, and perhaps a write that comes too late."""
        rng = self.rng
        call = self.run_call(source, app)
        late = [Line(f"{app}.debug = True")] if rng.random() < 0.08 else []
        shape = rng.choice(("guard", "guard", "guard", "bare", "main", "never", "parameter", "early", "stack", "table"))
        if shape == "bare":
            source.body += [*call, *late]
        elif shape == "guard":
            source.body += [Line(""), Line('if __name__ == "__main__":'), *shift([*call, *late], "    ")]
        elif shape == "stack":
            source.imports.add("from contextlib import ExitStack")
            value = self.value(source)
            source.body += [Line("with ExitStack() as stack:"), Line(f"    stack.callback({app}.run, debug={value})", True)]
        elif shape == "table":
            chosen = rng.choice(("dev", "live"))
            source.body += [
                Line("COMMANDS = {"), Line(f'    "dev": lambda: {app}.run(debug={self.value(source)}),', True),
                Line(f'    "live": lambda: {app}.run(),', True), Line("}"), Line(f'COMMANDS["{chosen}"]()', True),
            ]
        elif shape == "parameter":
            value = self.value(source)
            source.body += [Line(""), Line(""), Line(f"def start(debug={value}):", True), Line(f"    {app}.run(debug=debug)", True), Line(""), Line("")]
            argument = rng.choice(("", "", "True", "debug=False", "debug=True"))
            source.body += [Line('if __name__ == "__main__":'), Line(f"    start({argument})", True)]
        else:
            inner = [Line("return"), *call] if shape == "early" else [*call, *late]
            source.body += [Line(""), Line(""), Line("def main():"), *shift(inner, "    "), Line(""), Line("")]
            called = [Line("    main()")] if shape != "never" else [Line(f"    {app}.run()", True)]
            source.body += [Line('if __name__ == "__main__":'), *called]

    def run_call(self, source, app):
        form = self.rng.choice(("plain", "plain", "keyword", "keyword", "keyword", "port", "position", "pairs", "options", "dotenv", "off"))
        if form == "plain":
            return [Line(f"{app}.run()", True)]
        if form == "off":
            return [Line(f"{app}.run(debug=False)")]
        if form == "dotenv":
            return [Line(f"{app}.run(load_dotenv=False)", True)]
        value = self.value(source)
        if form == "options":
            name = self.name("options")
            source.constants += [Line(f'{name} = {{"port": 5000, "debug": {value}}}', True)]
            return [Line(f"{app}.run(**{name})", True)]
        arguments = {
            "keyword": f"debug={value}",
            "port": f"port=5001, debug={value}, use_reloader=False",
            "position": f'"127.0.0.1", 5000, {value}',
            "pairs": f'**{{"debug": {value}}}',
        }
        return [Line(f"{app}.run({arguments[form]})", True)]

    def value(self, source):
        """An expression for debug; what it needs is written before it, in this file or another."""
        rng = self.rng
        if rng.random() < 0.3:
            source.imports.add("import os")
            text = rng.choice(LOOKUPS)
        else:
            text = rng.choice(LITERALS)
        form = rng.choice((
            "as is", "as is", "as is", "constant", "constant", "function", "lambda", "setting", "member", "key", "twice",
            "enumeration", "pair", "converted", "copied", "matched", "field",
        ))
        if form == "as is":
            return text
        if form == "setting":
            return self.setting(source, text)
        name = self.name("debug")
        written = {
            "constant": ([Line(f"{name} = {text}", True)], name),
            "twice": ([Line(f"{name} = {rng.choice(('True', 'False'))}", True), Line(f"{name} = {text}", True)], name),
            "function": ([Line(f"def {name}():"), Line(f"    return {text}", True), Line(""), Line("")], f"{name}()"),
            "lambda": ([Line(f"{name} = lambda: {text}", True)], f"{name}()"),
            "member": ([Line(f"class {name}:"), Line(f"    on = {text}", True), Line(""), Line("")], f"{name}.on"),
            "enumeration": (
                [Line("import enum"), Line(""), Line(""), Line(f"class {name}(enum.Enum):"), Line(f"    ON = ({text},)", True), Line(""), Line("")],
                f"{name}.ON.value[0]",
            ),
            "pair": ([Line(f"{name}_port, {name} = 5000, {text}", True)], name),
            "converted": (
                [Line(f"def {name}(value):"), Line("    if isinstance(value, str):"), Line('        return value.lower() in ("1", "true", "on")', True),
                 Line("    return bool(value)", True), Line(""), Line("")],
                f"{name}({text})",
            ),
            "copied": (
                [Line("import copy"), Line(f'{name}_all = {{"on": {text}}}', True), Line(f"{name} = copy.copy({name}_all)"),
                 Line(f'{name}{rng.choice(("", "_all"))}["on"] = False')],
                f'{name}["on"]',
            ),
            "matched": (
                [Line(f'match {{"on": {text}, "port": 1}}:', True), Line('    case {"on": ' + name + "}:"), Line("        pass")],
                name,
            ),
            "field": (
                [Line(f"class {name}:"), Line("    def __init__(self, on):"), Line("        self.on = on", True), Line(""), Line(""),
                 Line(f"{name}_it = {name}({text})", True)],
                f"{name}_it.on",
            ),
            "key": ([Line(f'{name} = {{"on": {text}}}', True)], f'{name}["on"]'),
        }
        lines, use = written[form]
        source.constants += lines
        return use

    def setting(self, source, text):
        """A constant of a module of its own."""
        settings, name = self.source("settings.py"), self.name("DEBUG")
        if "os." in text:
            settings.imports.add("import os")
        settings.constants += [Line(f"{name} = {text}", True)]
        if self.rng.random() < 0.5:
            source.imports.add("import settings")
            return f"settings.{name}"
        source.imports.add(f"from settings import {name}")
        return name

    def name(self, stem):
        self.names += 1
        return f"{stem}_{self.names}" if stem.islower() or stem.isupper() else f"{stem}{self.names}"


def shift(lines, indent):
    return [Line(indent + line.text if line.text else "", line.cause) for line in lines]


def program(seed, number):
    """The program with this number of a seed: the same text every time."""
    return Program(random.Random(f"{seed}/{number}"))
