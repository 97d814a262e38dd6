#!/usr/bin/env python3
"""exports.py LIBRARY-FOLDER HEADER-FOLDER...: what a program can call is exported from the shared libraries.

Every function of ours that the public headers declare and leave to the libraries must be among their dynamic symbols if it is public, or if code in the headers
(templates, inline functions) calls it. A program that links tells only of what it calls itself.
"""
import glob
import os
import subprocess
import sys

import clang.cindex as cindex
from clang.cindex import AccessSpecifier, CursorKind

cindex.Config.set_library_file(glob.glob('/usr/lib/*/libclang-19.so.*')[0])
FUNCTIONS = (CursorKind.FUNCTION_DECL, CursorKind.CXX_METHOD, CursorKind.CONSTRUCTOR, CursorKind.DESTRUCTOR, CursorKind.CONVERSION_FUNCTION)

DEFINED = FUNCTIONS + (CursorKind.FUNCTION_TEMPLATE,)
REFERENCES = (CursorKind.CALL_EXPR, CursorKind.DECL_REF_EXPR, CursorKind.MEMBER_REF_EXPR)


def name_of(cursor):
    names = []
    while cursor is not None and cursor.kind != CursorKind.TRANSLATION_UNIT:
        names.append(cursor.spelling)
        cursor = cursor.semantic_parent
    return '::'.join(reversed([name for name in names if name]))


def is_left_to_the_library(function):
    name = name_of(function)
    if function.kind not in FUNCTIONS or not name.startswith('mqttspan::') or function.get_definition() is not None:
        return False
    template = cindex.conf.lib.clang_getSpecializedCursorTemplate(function)
    if template is not None and template.get_definition() is not None:  # a member of a class template, say
        return False
    if function.is_deleted_method() or function.is_pure_virtual_method():
        return False
    return not any(token.spelling == 'default' for token in function.get_tokens())


def is_public(cursor):
    while cursor is not None and cursor.kind != CursorKind.TRANSLATION_UNIT:
        if cursor.access_specifier in (AccessSpecifier.PRIVATE, AccessSpecifier.PROTECTED):
            return False
        cursor = cursor.semantic_parent
    return True


def exported_from(folder):
    libraries = glob.glob(folder + '/libmqttspan-*.so')
    if not libraries:
        sys.exit(f'no shared library of ours in {folder}')
    symbols = subprocess.run(['nm', '-D', '--defined-only', '--format=just-symbols', *libraries], check=True, capture_output=True, text=True).stdout
    return set(symbols.split())


def calls_of(unit):
    """Of each function with a body in the headers, and of the whole text: which functions that code refers to."""
    calls = {}

    def walk(cursor, caller):
        if cursor.kind in DEFINED and cursor.is_definition():
            caller = cursor.get_usr()
        function = cursor.referenced if cursor.kind in REFERENCES else None
        if function is not None and function.kind in FUNCTIONS:
            calls.setdefault(caller, {})[function.get_usr()] = function
        for child in cursor.get_children():
            walk(child, caller)

    walk(unit.cursor, None)
    return calls


def callable_functions(unit):
    """What a program can call, and what that calls in the headers."""
    calls = calls_of(unit)
    waiting = [c for c in unit.cursor.walk_preorder() if c.kind in DEFINED and is_public(c) and name_of(c).startswith('mqttspan::') and '::detail::' not in name_of(c)]
    found = {}
    while waiting:
        function = waiting.pop()
        if function.get_usr() not in found:
            found[function.get_usr()] = function
            waiting += calls.get(function.get_usr(), {}).values()
    return found.values()


def main(library_folder, folders):
    exported = exported_from(library_folder)
    headers = sorted(path for folder in folders for path in glob.glob(folder + '/mqttspan/**/*.hpp', recursive=True))
    text = ''.join(f'#include "{os.path.abspath(path)}"\n' for path in headers)
    arguments = ['-std=c++20'] + ['-I' + folder for folder in folders]
    unit = cindex.Index.create().parse('all.cpp', args=arguments, unsaved_files=[('all.cpp', text)])
    errors = [str(d) for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
    if errors:
        sys.exit('\n'.join(errors))

    functions = [function for function in callable_functions(unit) if is_left_to_the_library(function)]
    missing = {f'{f.location.file}:{f.location.line}: {name_of(f)} ({f.mangled_name}) is not exported' for f in functions if f.mangled_name not in exported}
    print('\n'.join(sorted(missing)))
    print(f'{len(headers)} headers, {len(functions)} functions that a program can call and the libraries hold')
    if missing or len(functions) < 100:
        sys.exit(1)


main(sys.argv[1], sys.argv[2:])
