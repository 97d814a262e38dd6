"""Finds what can be mutated: walks clang's AST of the given translation units, and notes each expression with the mutants it has."""
import bisect
import re
from dataclasses import dataclass, field

from clang.cindex import Config, CursorKind as K, Index, TranslationUnit, TypeKind

Config.set_library_file("libclang-19.so.1")

RELATIONS = {"<": ("lt", ["<=", ">="]), ">": ("gt", [">=", "<="]), "<=": ("le", ["<", ">"]), ">=": ("ge", [">", "<"]), "==": ("eq", ["!="]), "!=": ("ne", ["=="])}
ARITHMETIC = {"+": ("add", ["-"]), "-": ("sub", ["+"]), "*": ("mul", ["+"]), "/": ("div", ["*"]), "%": ("rem", ["*"]),
              "&": ("bit_and", ["|"]), "|": ("bit_or", ["&"]), "^": ("bit_xor", ["|"]), "<<": ("shl", [">>"]), ">>": ("shr", ["<<"])}
ASSIGNMENTS = {"+=": ("add_assign", ["-="]), "-=": ("sub_assign", ["+="]), "|=": ("or_assign", ["&="]), "&=": ("and_assign", ["|="]),
               "<<=": ("shl_assign", [">>="]), ">>=": ("shr_assign", ["<<="]), "*=": ("mul_assign", ["+="])}
OPERATORS = ["", ".*", "->*", "*", "/", "%", "+", "-", "<<", ">>", "<=>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&", "||", "=",
             "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|=", ","]

FUNCTIONS = {K.FUNCTION_DECL, K.CXX_METHOD, K.CONSTRUCTOR, K.DESTRUCTOR, K.CONVERSION_FUNCTION, K.FUNCTION_TEMPLATE}
SCOPES = {K.NAMESPACE, K.CLASS_DECL, K.STRUCT_DECL, K.UNION_DECL, K.CLASS_TEMPLATE, K.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION, K.LINKAGE_SPEC, K.UNEXPOSED_DECL}
# What is for the compiler alone, and would not compile or not matter.
SKIPPED = {K.STATIC_ASSERT, K.ENUM_DECL, K.TYPE_ALIAS_DECL, K.TYPEDEF_DECL, K.TYPE_ALIAS_TEMPLATE_DECL, K.CXX_UNARY_EXPR, K.TYPE_REF, K.TEMPLATE_REF,
           K.NAMESPACE_REF, K.CONCEPT_DECL, K.PARM_DECL, K.REQUIRES_EXPR, K.CONCEPT_SPECIALIZATION_EXPR}


@dataclass
class Site:
    """An expression with its mutants: `shape` says how it is rewritten, `parts` where its operands are."""
    file: str
    start: int
    end: int
    shape: str
    function: str
    changes: list
    parts: list = field(default_factory=list)


class Finder:
    def __init__(self, root, files):
        self.files = {str((root / f).resolve()): f for f in files}
        self.source = {f: (root / f).read_bytes() for f in files}
        self.sites = {}
        self.seen = set()

    def read(self, unit, arguments):
        tu = Index.create().parse(unit, arguments, options=TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)
        errors = [d for d in tu.diagnostics if d.severity >= 3]
        if errors:
            raise SystemExit(f"mutation: {unit}: {errors[0]}")
        self.macros = {f: [] for f in self.source}
        for c in tu.cursor.get_children():
            if c.kind in (K.MACRO_INSTANTIATION, K.MACRO_DEFINITION) and (f := self.file_of(c)):
                self.macros[f].append((c.extent.start.offset, c.extent.end.offset))
        for spans in self.macros.values():
            spans.sort()
        for c in tu.cursor.get_children():
            if c.kind not in (K.MACRO_INSTANTIATION, K.MACRO_DEFINITION, K.INCLUSION_DIRECTIVE) and self.file_of(c):
                self.walk(c, "")

    def file_of(self, c):
        f = c.location.file
        return self.files.get(f.name) if f else None

    def in_macro(self, f, offset):
        spans = self.macros[f]
        i = bisect.bisect_right(spans, (offset, 1 << 60)) - 1
        return i >= 0 and spans[i][0] <= offset < spans[i][1]

    def text(self, f, start, end):
        return self.source[f][start:end].decode()

    # ---- declarations

    def walk(self, c, function):
        if c.kind in SKIPPED:
            return
        f = self.file_of(c)
        begin = c.location if c.kind in FUNCTIONS else c.extent.start  # of a function what stands in front of its name may be a macro
        if f is None or self.in_macro(f, begin.offset):
            return
        if c.kind in FUNCTIONS:
            self.function(c, f)
        elif c.kind in SCOPES:
            for child in c.get_children():
                self.walk(child, function)
        elif c.kind in (K.VAR_DECL, K.FIELD_DECL):
            self.variable(c, f, function)
        elif c.kind.is_statement():
            self.statement(c, f, function)
        elif c.kind.is_expression():
            self.expression(c, f, function)
        else:
            for child in c.get_children():
                self.walk(child, function)

    def function(self, c, f):
        if not c.is_definition():
            return
        key = (f, c.extent.start.offset, c.extent.end.offset)
        if key in self.seen:
            return
        self.seen.add(key)
        head = self.text(f, c.extent.start.offset, min(c.extent.end.offset, c.extent.start.offset + 200)).split("{")[0]
        if "consteval" in head.split():
            return
        parent = c.semantic_parent
        name = c.spelling if parent is None or parent.kind in (K.NAMESPACE, K.TRANSLATION_UNIT) else f"{parent.spelling}::{c.spelling}"
        name = re.sub("<.*>", "", name) if not c.spelling.startswith("operator") else name
        initializes = False
        for child in c.get_children():
            if child.kind == K.COMPOUND_STMT:
                self.statement(child, f, name)
            elif child.kind == K.MEMBER_REF:
                initializes = True
            elif initializes and child.kind.is_expression():
                self.walk(child, name)
                initializes = False

    def variable(self, c, f, function):
        start, end = c.extent.start.offset, c.extent.end.offset
        line = self.source[f].rfind(b"\n", 0, c.location.offset) + 1
        if re.search(r"\b(constexpr|constinit)\b", self.text(f, min(start, line), c.location.offset)):
            return
        initializer = re.search(r"[={(]", self.text(f, c.location.offset + len(c.spelling), end))
        if not initializer or c.is_bitfield():
            return
        begin = c.location.offset + len(c.spelling) + initializer.start()
        for child in c.get_children():
            if child.extent.start.offset >= begin:
                self.walk(child, function or c.spelling)

    # ---- statements

    def statement(self, c, f, function):
        kind, children = c.kind, list(c.get_children())
        if kind == K.LAMBDA_EXPR:
            return self.expression(c, f, function)
        if kind == K.IF_STMT:
            return self.branch(c, f, function, children)
        if kind == K.FOR_STMT:
            return self.loop(c, f, function, children)
        if kind in (K.WHILE_STMT, K.DO_STMT):
            condition = children[-1 if kind == K.DO_STMT else 0]
            for x in children:
                if x == condition and x.kind.is_expression():
                    self.condition(x, f, function)
                else:
                    self.body(x, f, function)
            return
        if kind == K.SWITCH_STMT:
            for x in children:
                (self.walk if x.kind.is_expression() else self.statement)(x, *((function,) if x.kind.is_expression() else (f, function)))
            return
        if kind == K.CASE_STMT:
            for x in children[1:]:
                self.body(x, f, function)
            return
        if kind == K.CXX_FOR_RANGE_STMT:
            for x in children:
                if x.kind == K.COMPOUND_STMT or x.extent.end.offset == c.extent.end.offset:
                    self.body(x, f, function)
            return
        if kind == K.RETURN_STMT:
            for x in children:
                if x.type.get_canonical().kind == TypeKind.BOOL:
                    self.condition(x, f, function, as_bool=True)
                else:
                    self.walk(x, function)
            return
        for x in children:
            if kind in (K.COMPOUND_STMT, K.UNEXPOSED_STMT, K.DEFAULT_STMT, K.LABEL_STMT):
                self.body(x, f, function)
            else:
                self.walk(x, function)

    def body(self, c, f, function):
        """A statement, or an expression that is one: it can be left out."""
        if c.kind.is_expression():
            self.deletable(c, f, function)
        else:
            self.walk(c, function)

    def deletable(self, c, f, function):
        start, end = c.extent.start.offset, c.extent.end.offset
        text = self.text(f, start, end)
        if self.file_of(c) and not self.in_macro(f, start) and not text.startswith(("static_cast<void>", "(void)", "[&]", "[")):
            if not (c.kind == K.BINARY_OPERATOR and OPERATORS[c.binary_operator.value] == ","):
                self.add(f, start, end, "statement", function, ["deleted"])
        self.walk(c, function)

    def branch(self, c, f, function, children):
        start = c.extent.start.offset
        header = re.match(r"if\s*(constexpr|consteval)?", self.text(f, start, c.extent.end.offset))
        if not header:
            return
        constant = header.group(1) is not None
        close = self.closing(f, start + header.end())
        declared = [x for x in children if x.kind == K.VAR_DECL]
        for x in children:
            if x.extent.start.offset >= close:
                self.body(x, f, function)
            elif constant or any(d != x and d.extent.start.offset <= x.extent.start.offset < d.extent.end.offset for d in declared):
                continue
            elif x.kind.is_expression():
                self.condition(x, f, function)
            else:
                self.walk(x, function)

    def loop(self, c, f, function, children):
        start = c.extent.start.offset
        opening = self.source[f].find(b"(", start)
        close = self.closing(f, opening)
        semicolons = [i for i in self.top_level(f, opening, close, ";")]
        for x in children:
            at = x.extent.start.offset
            if at >= close:
                self.body(x, f, function)
            elif at > semicolons[1]:
                self.deletable(x, f, function)
            elif at > semicolons[0] and x.kind.is_expression():
                self.condition(x, f, function)
            else:
                self.walk(x, function)

    def top_level(self, f, opening, close, wanted):
        depth = 0
        for i in range(opening, close):
            ch = chr(self.source[f][i])
            depth += (ch in "([{") - (ch in ")]}")
            if ch == wanted and depth == 1:
                yield i

    def closing(self, f, start):
        """Behind the parenthesis that closes the first one from `start` on."""
        depth, i, source = 0, start, self.source[f]
        while True:
            ch = chr(source[i])
            if ch == "'" and source[i + 2] == ord("'"):
                i += 2
            depth += (ch == "(") - (ch == ")")
            i += 1
            if ch == ")" and depth == 0:
                return i

    # ---- expressions

    def condition(self, c, f, function, as_bool=False):
        """An expression whose truth is asked. A comparison has mutants of its own; of another the truth is turned around."""
        inner = self.bare(c)
        start, end = c.extent.start.offset, c.extent.end.offset
        own = inner.kind == K.CXX_BOOL_LITERAL_EXPR or (inner.kind == K.UNARY_OPERATOR and self.text(f, inner.extent.start.offset, end)[0] == "!")
        if inner.kind == K.BINARY_OPERATOR and OPERATORS[inner.binary_operator.value] in (*RELATIONS, "&&", "||", ","):
            own = True
        if not own and self.file_of(c) and not self.in_macro(f, start):
            self.add(f, start, end, "condition", function, ["negated"])
        self.walk(c, function)

    def bare(self, c):
        while c.kind in (K.PAREN_EXPR, K.UNEXPOSED_EXPR):
            children = list(c.get_children())
            if len(children) != 1:
                return c
            c = children[0]
        return c

    def expression(self, c, f, function):
        start, end = c.extent.start.offset, c.extent.end.offset
        children = list(c.get_children())
        kind = c.kind
        if kind == K.LAMBDA_EXPR:
            for x in children:
                if x.kind == K.COMPOUND_STMT:
                    self.statement(x, f, function)
            return
        if kind == K.INTEGER_LITERAL:
            return self.number(f, start, end, function)
        if kind == K.CHARACTER_LITERAL:
            return self.add(f, start, end, "number", function, ["+1"])
        if kind == K.CXX_BOOL_LITERAL_EXPR:
            return self.add(f, start, end, "condition", function, ["negated"])
        if kind in (K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR) and len(children) == 2:
            return self.binary(c, f, function, children)
        if kind == K.UNARY_OPERATOR and len(children) == 1:
            return self.unary(c, f, function, children[0], start, end)
        if kind == K.CONDITIONAL_OPERATOR:
            self.condition(children[0], f, function)
            children = children[1:]
        for x in children:
            # In front of the name stands the object; behind it, what belongs to the type.
            if kind in (K.DECL_REF_EXPR, K.MEMBER_REF_EXPR) and x.extent.start.offset >= c.location.offset:
                continue
            if x.kind.is_expression() and not (start <= x.extent.start.offset and x.extent.end.offset <= end):
                continue
            self.walk(x, function)

    def number(self, f, start, end, function):
        text = self.text(f, start, end)
        match = re.fullmatch(r"(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9']+)([uUlLzZ]*)", text)
        if match and self.source[f][start - 1 : start] != b"<":
            value = int(match.group(1).replace("'", ""), 0)
            self.add(f, start, end, "number", function, ["+1"] if value == 0 else ["+1", "-1"])

    def binary(self, c, f, function, children):
        left, right = children
        op = OPERATORS[c.binary_operator.value]
        start, end = c.extent.start.offset, c.extent.end.offset
        between = self.text(f, left.extent.end.offset, right.extent.start.offset)
        at = between.find(op)
        plain = at >= 0 and between.replace(op, "", 1).strip() == ""
        position = left.extent.end.offset + max(at, 0)
        if plain and op in ("&&", "||"):
            self.add(f, start, end, "logic", function, ["||" if op == "&&" else "&&"], [(position, op), right.extent.end.offset])
            self.condition(left, f, function)
            return self.condition(right, f, function)
        pointers = [x.type.get_canonical().kind == TypeKind.POINTER for x in children]
        for table in (RELATIONS, ARITHMETIC, ASSIGNMENTS):
            if plain and op in table and not (op == "-" and all(pointers)) and not (op in ARITHMETIC and self.is_class_or_unknown(c)):
                name, changes = table[op]
                self.add(f, start, end, name, function, [f"{op} -> {x}" for x in changes], [(position, op)])
        if op == ",":
            self.body(left, f, function)
        else:
            self.walk(left, function)
        self.walk(right, function)

    def is_class_or_unknown(self, c):
        return c.type.get_canonical().kind in (TypeKind.RECORD, TypeKind.DEPENDENT, TypeKind.UNEXPOSED, TypeKind.AUTO)

    def unary(self, c, f, function, operand, start, end):
        text = self.text(f, start, end)
        if text[0] == "!":
            return self.condition(operand, f, function)
        if self.is_class_or_unknown(operand):
            return self.walk(operand, function)
        for op, name, other in (("++", "increment", "--"), ("--", "decrement", "++"), ("-", "minus", "removed"), ("~", "complement", "removed")):
            if text.startswith(op) and operand.extent.start.offset > start:
                self.add(f, start, end, name, function, [f"{op} -> {other}" if other != "removed" else f"{op} removed"], [(start, op)])
                break
            if len(op) == 2 and text.endswith(op) and operand.extent.start.offset == start:
                self.add(f, start, end, f"{name}_after", function, [f"{op} -> {other}"], [(end - 2, op)])
                break
        self.walk(operand, function)

    def add(self, f, start, end, shape, function, changes, parts=()):
        if self.in_macro(f, start) or end <= start or not function:
            return
        self.sites.setdefault((f, start, -end, shape), Site(f, start, end, shape, function, list(changes), list(parts)))
