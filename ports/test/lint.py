#!/usr/bin/python3
"""lint.py PACKAGE PORT_DIR static|dynamic FOLDER...: what vcpkg checks of a package with --enforce-port-checks, and what its reviewers ask for besides.

PACKAGE is the folder with what the portfile has installed; FOLDERs are those of the build, which nothing in the package may name. A rule is named after the policy that
would switch it off in vcpkg (VCPKG_POLICY_...), where there is one. Every breach is a line `lint: RULE: what`; any makes the exit status 1.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

package, port_dir = Path(sys.argv[1]), Path(sys.argv[2])
linkage, foreign = sys.argv[3], sys.argv[4:]
port = json.loads((port_dir / "vcpkg.json").read_text())["name"]
share = package / "share" / port
trees = [package, package / "debug"]
files = [p for p in sorted(package.rglob("*")) if p.is_file()]


def text_of(*suffixes):
    return [(p, p.read_text()) for p in files if p.suffix in suffixes or p.name == "usage"]


def libraries(tree):
    return sorted(p.name for p in (tree / "lib").glob("*") if p.is_file())


def empty_include_folder():
    names = sorted(p.name for p in (package / "include").glob("*"))
    if names != [port]:
        yield f"include/ has {names}, and not just {port}/"


def allow_debug_include():
    if (package / "debug/include").exists():
        yield "debug/include exists: headers are the same in both configurations"


def allow_debug_share():
    if (package / "debug/share").exists():
        yield "debug/share exists: what is there belongs into share/"


def skip_lib_cmake_merge_check():
    for tree in trees:
        if (tree / "lib/cmake").exists():
            yield f"{tree / 'lib/cmake'} exists: vcpkg_cmake_config_fixup moves it to share/"


def skip_misplaced_cmake_files_check():
    for path in files:
        if path.suffix == ".cmake" and path.parent != share:
            yield f"{path} is not in share/{port}"


def skip_copyright_check():
    if not (share / "copyright").is_file() or not (share / "copyright").read_text().strip():
        yield f"share/{port}/copyright is missing"


def skip_usage_install_check():
    if not (share / "usage").is_file():
        yield f"share/{port}/usage is missing"


def mismatched_number_of_binaries():
    release, debug = (libraries(tree) for tree in trees)
    if not release or release != debug:
        yield f"lib/ has {release}, debug/lib/ has {debug}"


def linkage_of_libraries():
    wrong = r"\.so" if linkage == "static" else r"\.a$"
    for tree in trees:
        for name in libraries(tree):
            if re.search(wrong, name):
                yield f"{tree}/lib/{name} in a {linkage} package"


def dlls_in_static_library():
    for tree in trees:
        if (tree / "bin").exists() and linkage == "static":
            yield f"{tree / 'bin'} exists in a static package: programs belong into tools/{port}"


def allow_exes_in_bin():
    for path in files:
        if os.access(path, os.X_OK) and ".so" not in path.name and package / "tools" / port not in path.parents:
            yield f"{path} is a program outside tools/{port}"


def allow_empty_folders():
    for path in package.rglob("*"):
        if path.is_dir() and not any(path.iterdir()):
            yield f"{path} is empty"


def skip_misplaced_regular_files_check():
    for tree in trees:
        for path in tree.glob("*"):
            if path.is_file():
                yield f"{path} lies in no folder"


def skip_absolute_paths_check():
    for path, text in text_of(".cmake", ".pc", ".h", ".hpp"):
        for folder in foreign:
            if folder in text:
                yield f"{path} names {folder}"


def skip_pkgconfig_check():
    modules = [p for p in files if p.suffix == ".pc"]
    for path in modules:
        if path.parent not in [tree / "lib/pkgconfig" for tree in trees]:
            yield f"{path} is in no lib/pkgconfig"


def pkgconfig_fixup():
    """What the modules say is there; each field once, which is all that some pkg-configs take."""
    for tree in trees:
        for path in sorted((tree / "lib/pkgconfig").glob("*.pc")):
            fields = re.findall(r"^([A-Z][A-Za-z.]*):", path.read_text(), re.M)
            for field in sorted({f for f in fields if fields.count(f) > 1}):
                yield f"{path} has {field} twice"
            search = f"{path.parent}:{package.parents[1]}/installed/{package.name.split('_', 1)[1]}{'/debug' if tree != package else ''}/lib/pkgconfig"
            run = subprocess.run(["pkg-config", "--cflags", "--libs", "--static", path.stem], env={**os.environ, "PKG_CONFIG_PATH": search}, capture_output=True, text=True)
            if run.returncode:
                yield f"{path}: {run.stderr.strip()}"
            for flag, folder in re.findall(r"(-[IL])(\S+)", run.stdout):
                if not os.path.isdir(folder):
                    yield f"{path}: {flag}{os.path.normpath(folder)} is no folder"


def cmake_config_fixup():
    """What the targets files say is there, for both configurations."""
    for path, text in text_of(".cmake"):
        for location in re.findall(r'"\$\{_IMPORT_PREFIX\}/([^";]*)"', text):
            if not (package / location).exists():
                yield f"{path} names {location}, which is not there"
    for library in share.glob("*-release.cmake"):
        debug = library.with_name(library.name.replace("-release.", "-debug."))
        if not debug.exists() or "/debug/" not in debug.read_text():
            yield f"{debug} is missing, or does not look below debug/"


def usage():
    """The usage file shows the targets that are there, all of them and no others."""
    shown = set(re.findall(r"PRIVATE (\S+::\S+)\)", (share / "usage").read_text())) if (share / "usage").exists() else set()
    there = {t for _, text in text_of(".cmake") for t in re.findall(r"^add_library\((\S+::\S+) ", text, re.M)}
    if shown != there:
        yield f"share/{port}/usage shows {sorted(shown)}, the package has {sorted(there)}"


rules = [
    empty_include_folder,
    allow_debug_include,
    allow_debug_share,
    skip_lib_cmake_merge_check,
    skip_misplaced_cmake_files_check,
    skip_copyright_check,
    skip_usage_install_check,
    mismatched_number_of_binaries,
    linkage_of_libraries,
    dlls_in_static_library,
    allow_exes_in_bin,
    allow_empty_folders,
    skip_misplaced_regular_files_check,
    skip_absolute_paths_check,
    skip_pkgconfig_check,
    pkgconfig_fixup,
    cmake_config_fixup,
    usage,
]
breaches = [f"lint: {rule.__name__}: {what}" for rule in rules for what in rule()]
print("\n".join(breaches) if breaches else f"lint: {port}, {linkage}: {len(rules)} rules kept, {len(files)} files")
sys.exit(1 if breaches else 0)
