"""Checks the built site: every link, picture and anchor inside it leads somewhere, and nothing is loaded from elsewhere.
Also the links of the repository's own Markdown files to other files of it.

Links to other sites are counted, and must be https; whether they still answer is not asked.
"""
import html.parser
import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
SITE = ROOT / "target/docs/site"
# Where a page loads what it needs to be shown, as against where a reader may go.
LOADS = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}
HOME = "https://undebug.dev/"


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for key in ("id", "name"):
            if values.get(key):
                self.ids.add(values[key])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if values.get(LOADS.get(tag)):
            self.loads.append(values[LOADS[tag]])


def main():
    pages = {file: Page(file.read_text()) for file in SITE.rglob("*.html")}
    if not pages:
        sys.exit("there is no site: run docs/build.py")
    wrong, checked, outside = [], 0, set()
    for file, page in pages.items():
        for link in page.links + page.loads:
            if link.startswith(HOME):
                link = "/" + link.removeprefix(HOME)
            kind = urllib.parse.urlsplit(link)
            if kind.scheme or kind.netloc:
                outside.add(link)
                if link in page.loads:
                    wrong.append(f"{name(file)} loads {link}")
                elif kind.scheme not in ("https", "mailto"):
                    wrong.append(f"{name(file)} links to {link}")
                continue
            checked += 1
            if reason := broken(file, kind, pages):
                wrong.append(f"{name(file)}: {link} {reason}")
    for file in committed("*.md"):
        for link in re.findall(r"(?<!`)\]\(([^)#\s]+)", re.sub(r"(?s)```.*?```", "", file.read_text())):
            if urllib.parse.urlsplit(link).scheme:
                outside.add(link)
                continue
            checked += 1
            if not (file.parent / link).exists() and not generated(file, link):
                wrong.append(f"{file.relative_to(ROOT)}: {link} is not there")
    print("\n".join(sorted(set(wrong))))
    bad = len({line.split(":")[0].split(" ")[0] for line in wrong})
    print(f"docs pages: {max(len(pages) - bad, 0)} passed, {bad} failed ({checked} links; {len(outside)} to other sites not asked)")
    sys.exit(1 if wrong else 0)


def broken(file, link, pages):
    """Why a link within the site leads nowhere; None when it does not."""
    path = urllib.parse.unquote(link.path)
    target = (SITE / path.lstrip("/") if path.startswith("/") else file.parent / path).resolve() if path else file
    if target.is_dir():
        target = target / "index.html"
    if not target.exists():
        return "is not there"
    if link.fragment and target in pages and urllib.parse.unquote(link.fragment) not in pages[target].ids | {"__top"}:
        return "has no such anchor"
    return None


def generated(file, link):
    """Whether a page written by hand links to one that docs/build.py makes."""
    pages = ROOT / "docs/pages"
    return pages in file.parents and (ROOT / "target/docs/src" / (file.parent / link).resolve().relative_to(pages)).exists()


def committed(pattern):
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", pattern], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout
    files = [ROOT / path for path in listed.split("\0") if path]
    # An example's own words link as seen from the page that it is put into.
    return [file for file in files if file.exists() and ROOT / "docs/rules" not in file.parents]


def name(file):
    return file.relative_to(SITE).as_posix()


main()
