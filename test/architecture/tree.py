"""The source tree as the rules see it. `ROOT` is the top folder."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def tracked(*patterns):
    """Files under version control, or all files where this is no checkout, but for build*/."""
    try:
        # The tests may run as root in another user's checkout.
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z", "--",
                                 *patterns], capture_output=True, text=True, check=True).stdout
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [file for pattern in patterns for file in ROOT.rglob(pattern)]
    return sorted(file for file in found if file.is_file()
                  and not re.match(r"build|\.git$", file.relative_to(ROOT).parts[0]))


def name(file):
    return str(file.relative_to(ROOT))


def text(file):
    return file.read_text(encoding="utf-8", errors="replace")


def sources():
    return tracked("*.hpp", "*.cpp")


def includes(file):
    """(quote, path) of each #include."""
    return INCLUDE.findall(text(file))


def module_of(file):
    parts = file.relative_to(ROOT).parts
    if parts[:2] == ("include", "dtrace"):
        return parts[2]
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def linked_modules():
    """module → the modules that its line in src/CMakeLists.txt lets it include."""
    modules = {}
    for match in re.finditer(r"^dtrace_module\((\w+)\s+LINK\s+([^)]*)\)",
                             text(ROOT / "src/CMakeLists.txt"), re.MULTILINE):
        modules[match[1]] = set(match[2].split("USE")[0].split())
    return modules


NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'',
                   re.DOTALL)
SCOPE = re.compile(r"\b(namespace|struct|class|enum|union|extern)\b[^()]*$")


def functions(file):
    """(first line number, lines) of each function outside of other functions."""
    code = NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text(file))
    code = re.sub(r"^\s*#[^\n]*", lambda found: " " * len(found[0]), code, flags=re.MULTILINE)
    found = []
    outer = []  # of each brace around this place: is it a scope, a function, or a value?
    head = 0    # where the declaration begins that a brace may belong to
    for place, sign in enumerate(code):
        inside = any(kind != "scope" for kind, _ in outer)
        if sign == "{":
            before = code[head:place]
            kind = "value"
            if SCOPE.search(before):
                kind = "scope"
            elif "(" in before and before[-1:].isspace() and not before.rstrip().endswith("="):
                kind = "function"
            outer.append((kind, place - len(before.lstrip())))
            if kind == "scope":
                head = place + 1
        elif sign == "}":
            kind, begin = outer.pop()
            if kind == "function" and not any(kind != "scope" for kind, _ in outer):
                lines = code.count("\n", begin, place) + 1
                found.append((code.count("\n", 0, begin) + 1, lines))
            if kind != "value" and not any(kind != "scope" for kind, _ in outer):
                head = place + 1
        elif sign == ";" and not inside:
            head = place + 1
    return found
