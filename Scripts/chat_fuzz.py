#!/usr/bin/env python3
"""Compares random chat templates with what transformers makes of them.

usage: swift build -c release --package-path Benchmarks --scratch-path .build-bench --product templates
       python3 Scripts/chat_fuzz.py .build-bench/release/templates [--seed 1] [--count 1500] [--kind all] [--show 40] [--out FILE]
       python3 Scripts/chat_fuzz.py --record [--seed 7] [--count 1200]

The program that the first line builds reads lines {"source", "messages", "tools", "variables", "prompt"} and answers
each with {"text": …} or {"error": …, "line": …}; another that does may be named. Templates are drawn in three ways: expressions of random types, bodies of random
statements with white-space control, and templates of models (Tests/Fixtures/Tokenize/Chat/templates.json) whose
fragments are changed, over changed conversations. Templates whose text holds the address of an object are left out.
Prints how many are equal, refused by both, refused by us alone, rendered by us alone and different, and examples.
With --record it writes the small ones of random types and statements, and what transformers makes of them, to
Tests/Fixtures/Tokenize/Chat/drawn.json.

Needs transformers 5.23 and jinja2 3.1.6.
"""
import argparse
import collections
import copy
import json
import pathlib
import random
import re
import signal
import subprocess

import jinja2
import transformers
from transformers.utils import chat_template_utils

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "Tests/Fixtures/Tokenize/Chat/templates.json"

TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "It's \"fine\" <b>&</b>", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "enum": ["Zürich", "東京"], "description": "A\ncity"},
    "days": {"type": ["integer", "null"], "default": 3, "minimum": -1.5}, "items": {"type": "array", "items": {"type": "number"}},
    "deep": {"type": "object", "properties": {"x": {"type": "boolean"}}, "required": []}}, "required": ["city"]}}},
    {"type": "function", "function": {"name": "noop", "description": "", "parameters": {"type": "object", "properties": {}}}}]
MESSAGES = [{"role": "system", "content": " Be brief.\n"}, {"role": "user", "content": "Hi <there> it's \"me\"\n\nnaïve 日本 👩‍🚀 "},
    {"role": "assistant", "content": "<think>\nhm\n</think>\n\nOk", "tool_calls": [{"id": "c1", "type": "function", "function": {
        "name": "get_weather", "arguments": {"city": "Bern", "n": 3, "x": 1.0, "ok": True, "none": None, "l": [1, "a"]}}}]},
    {"role": "tool", "tool_call_id": "c1", "name": "get_weather", "content": "{\"t\": 12.5}"},
    {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image", "url": "x"}, {"type": "text", "text": "!"}]},
    {"role": "assistant", "content": ""}]
VARIABLES = {
    "n": 7, "x": 2.5, "neg": -3, "zero": 0, "half": 0.5, "tiny": 0.00001234, "wide": 1e16, "yes": True, "no": False, "nil": None,
    "s": "Hello, World", "u": "naïve ÉCOLE straße 日本", "empty": "", "sp": "  a b\t c \n", "ln": "one\ntwo\r\n\n three\n",
    "q": "it's \"so\"", "h": "<a href='x'>&</a>", "num": "42", "fl": "3.25", "mixed_case": "fooBar BAZ", "csv": "b,a,,c",
    "l": [3, 1, 2, 1], "ws": ["b", "A", "c", "a", "B"], "mx": [1, "two", None, 2.0, True, [1], {"k": "v"}], "el": [],
    "fs": [1.5, -0.0, 1e20, 0.1], "ll": [[1, 2], [3, 4], []], "pairs": [["a", 1], ["b", 2]],
    "d": {"b": 1, "a": 3, "C": 2}, "ed": {}, "dd": {"k": {"z": [1, 2]}, "items": "own", "é": "ü", "1": "one", "type": "t"},
    "ps": [{"name": "Ann", "age": 30, "role": "user", "tags": ["x"]}, {"name": "bob", "age": 25, "role": "tool"},
           {"name": "Cy", "age": 30, "role": "User", "tags": [], "sub": {"v": 1}}, {"name": "ann", "age": None, "role": "user"}],
    "bos_token": "<s>", "eos_token": "</s>",
}
NAMES = {
    "int": ["n", "neg", "zero", "yes"], "float": ["x", "half", "tiny", "wide"], "bool": ["yes", "no", "add_generation_prompt"],
    "str": ["s", "u", "empty", "sp", "ln", "q", "h", "num", "fl", "mixed_case", "csv", "messages[0].content", "messages[1]['content']",
            "messages[2].content", "bos_token", "messages[0].role"],
    "ints": ["l", "fs"], "strs": ["ws"], "list": ["mx", "el", "ll", "pairs", "messages", "tools"], "dicts": ["ps", "messages"],
    "dict": ["d", "ed", "dd", "messages[1]", "messages[2]", "tools[0]", "tools[0].function", "tools[0].function.parameters.properties"],
    "none": ["nil", "none", "None"], "undef": ["missing", "d.nope", "messages[0].nope", "l[9]"],
}
WORDS = ["a", "b", " ", "\\n", "l", "o", "e", "He", "X", "'", "é", "日", "-", "<", "&", ",", "</think>", "", "  x ", "%s", "ab", "A b", "one", "ß", "\\\\", "\\t", "0"]


class Draw:
    """One random template."""

    def __init__(self, seed, slips):
        self.r = random.Random(seed)
        # How often a type is not the one that fits, or brackets are left out.
        self.slips = slips
        self.depth = 0
        self.locals = []
        self.macros = []

    def pick(self, values):
        return self.r.choice(values)

    def chance(self, p):
        return self.r.random() < p

    # Expressions

    def quoted(self, text=None):
        text = self.pick(WORDS) if text is None else text
        if "'" in text:
            return '"' + text + '"'
        return "'" + text + "'" if self.chance(0.8) else '"' + text + '"'

    def any(self):
        return self.of(self.pick(["int", "int", "float", "str", "str", "str", "bool", "ints", "strs", "list", "dict", "dicts", "none", "undef"]))

    def of(self, kind):
        """An expression of a type, seldom of another."""
        if self.chance(self.slips):
            kind = self.pick(list(NAMES))
        self.depth += 1
        try:
            if self.depth > 3 or self.chance(0.3):
                return self.leaf(kind)
            text = getattr(self, "make_" + kind)()
            isPlain = self.depth == 1 or re.fullmatch(r"[\w.\[\]]+", text) or self.chance(self.slips)
            return text if isPlain else f"({text})"
        finally:
            self.depth -= 1

    def leaf(self, kind):
        fitting = [name for name, of in self.locals if of == kind]
        if fitting and self.chance(0.5):
            return self.pick(fitting)
        if self.chance(0.6):
            return self.pick(NAMES[kind])
        return {"int": lambda: str(self.r.randint(-3, 12)), "float": lambda: self.pick(["0.5", "1.0", "3.14", "1e3", "2.5e-7", "100.0", "1e22", "0.1"]),
                "bool": lambda: self.pick(["true", "false", "True", "False"]), "str": self.quoted,
                "ints": lambda: "[" + ", ".join(str(self.r.randint(-3, 9)) for _ in range(self.r.randint(0, 4))) + "]",
                "strs": lambda: "[" + ", ".join(self.quoted() for _ in range(self.r.randint(0, 4))) + "]",
                "list": lambda: self.pick(["(1, 'a')", "()", "(1,)", "[[], {}]", "[none, 1.0, missing]", "range(4)", "range(5, 0, -2)", "[1, 'x', true]"]),
                "dicts": lambda: "[{'name': 'z', 'age': 1}, {'name': 'Y', 'age': 2}]",
                "dict": lambda: self.pick(["{}", "{'a': 1}", "{'a': 'x', 'b': [1]}", "dict(k=1, v='w')", "{1: 2, 'k': none}"]),
                "none": lambda: "none", "undef": lambda: "undefined_thing"}[kind]()

    def wrap(self, text):
        return "(" + text + ")" if self.chance(0.7) else text

    def make_int(self):
        o = self.of
        return self.pick([
            lambda: f"{self.wrap(o('int'))} {self.pick(['+', '-', '*', '//', '%'])} {self.wrap(o('int'))}",
            lambda: f"{o('int')} ** {self.r.randint(0, 4)}", lambda: f"-{self.wrap(o('int'))}", lambda: f"+{o('int')}",
            lambda: f"{o('str')}|length", lambda: f"{self.pick([o('list'), o('dict')])}|{self.pick(['length', 'count'])}",
            lambda: f"{o('ints')}|{self.pick(['sum', 'min', 'max', 'first', 'last'])}", lambda: f"{o('str')}|int{self.pick(['', '(5)', '(0, 16)', '(default=-1)', '(base=8)'])}",
            lambda: f"{o('float')}|int", lambda: f"{o('int')}|abs", lambda: f"{o('str')}.{self.pick(['find', 'rfind', 'count', 'index'])}({o('str')})",
            lambda: f"{o('str')}|wordcount", lambda: f"{o('ints')}[{self.r.randint(-3, 3)}]", lambda: f"{o('list')}.index({self.any()})",
            lambda: f"{o('ints')}.count({o('int')})", lambda: f"{o('dicts')}|map(attribute='age')|{self.pick(['first', 'list|length', 'select|sum', 'sum', 'max'])}",
            lambda: f"({o('int')} if {o('bool')} else {o('int')})", lambda: f"{o('dicts')}|sum(attribute='age')", lambda: f"{o('int')}|round",
            lambda: f"d[{self.quoted(self.pick(['a', 'b', 'C', 'nope']))}]", lambda: f"d.get('{self.pick('abC')}', {o('int')})",
        ])()

    def make_float(self):
        o = self.of
        return self.pick([
            lambda: f"{self.wrap(o('float'))} {self.pick(['+', '-', '*', '/', '//', '%', '**'])} {self.wrap(self.pick([o('float'), o('int')]))}",
            lambda: f"{self.wrap(o('int'))} / {self.wrap(o('int'))}", lambda: f"{o('float')}|round{self.pick(['', '(1)', '(2)', '(-1)'])}",
            lambda: f"{o('float')}|round({self.r.randint(0, 2)}, {self.quoted(self.pick(['ceil', 'floor', 'common']))})", lambda: f"{o('str')}|float{self.pick(['', '(1.5)'])}",
            lambda: f"{o('int')}|float", lambda: f"{o('float')}|abs", lambda: f"-{self.wrap(o('float'))}", lambda: f"{o('int')} ** -{self.r.randint(1, 3)}",
        ])()

    def make_bool(self):
        o = self.of
        compare = lambda: self.pick(["==", "!=", "<", ">", "<=", ">="])  # noqa: E731
        return self.pick([
            lambda: f"{self.wrap(o('int'))} {compare()} {self.wrap(self.pick([o('int'), o('float')]))}", lambda: f"{o('str')} {compare()} {o('str')}",
            lambda: f"{self.any()} {self.pick(['==', '!='])} {self.any()}", lambda: f"{o('int')} {compare()} {o('int')} {compare()} {o('int')}",
            lambda: f"{o('str')} {self.pick(['in', 'not in'])} {self.pick([o('str'), o('strs'), o('dict')])}", lambda: f"{self.any()} in {self.pick([o('list'), o('dict'), o('strs'), o('undef')])}",
            lambda: f"{self.wrap(o('bool'))} {self.pick(['and', 'or'])} {self.wrap(o('bool'))}", lambda: f"not {self.wrap(self.any())}", lambda: f"not {o('str')} in {o('str')}",
            lambda: f"{self.wrap(self.any())} is {self.pick(['', 'not '])}{self.test()}",
            lambda: f"{o('str')}.{self.pick(['startswith', 'endswith'])}({o('str')})", lambda: f"{o('str')}.startswith(({self.quoted()}, {self.quoted()}))",
            lambda: f"{o('str')}.{self.pick(['isdigit', 'isalpha', 'isupper', 'islower', 'isspace', 'istitle', 'isalnum', 'isnumeric', 'isidentifier'])}()",
            lambda: f"{o('list')} {compare()} {o('list')}", lambda: f"{o('ints')} {compare()} {o('ints')}",
        ])()

    def test(self):
        return self.pick(["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "iterable", "sequence", "callable", "true",
            "false", "odd", "even", "lower", "upper", "divisibleby 3", "divisibleby(2)", "eq 1", "equalto('a')", "ne none", "lt 3", "ge(2)", "in [1, 'a']",
            "sameas none", "sameas true", "in d", "gt 2.5", "filter", "test", "escaped", "== 1", "greaterthan 1"])

    def slice(self):
        b = lambda: self.pick(["", "", str(self.r.randint(-6, 6))])  # noqa: E731
        return self.pick([f"[{b()}:{b()}]", f"[{b()}:{b()}]", f"[{b()}:{b()}:{self.pick(['1', '2', '-1', '-2', ''])}]", "[::-1]", "[:-1]", "[1:]"])

    def make_str(self):
        o = self.of
        return self.pick([
            lambda: f"{self.wrap(o('str'))} + {self.wrap(o('str'))}", lambda: f"{self.wrap(self.any())} ~ {self.wrap(self.any())}", lambda: f"{o('str')} * {self.r.randint(-1, 3)}",
            lambda: f"{o('str')}{self.slice()}", lambda: f"{o('str')}[{self.r.randint(-4, 4)}]", lambda: f"{self.wrap(self.any())}|{self.textfilter()}",
            lambda: f"{o('str')}|{self.textfilter()}", lambda: f"{o('str')}|{self.textfilter()}|{self.textfilter()}", lambda: f"{o('str')}.{self.textmethod()}", lambda: f"{o('str')}.{self.textmethod()}",
            lambda: f"{o('str')}.{self.pick(['split', 'rsplit'])}({self.pick([self.quoted(), self.quoted(), '', self.quoted() + ', 1', 'none, 1', 'maxsplit=1'])})[{self.r.randint(-2, 1)}]",
            lambda: f"{self.pick([o('strs'), o('list'), o('ints'), o('dict')])}|join{self.pick(['', '(', '('])}".replace("join(", f"join({self.quoted()})"),
            lambda: f"{self.quoted()}.join({o('strs')})", lambda: f"{o('dicts')}|join({self.quoted()}, attribute='name')", lambda: f"{self.wrap(self.any())}|tojson{self.pick(['', '', '(indent=2)', '(ensure_ascii=false)', '(ensure_ascii=True)', '(sort_keys=true)', '(indent=4, sort_keys=True)', '(separators=(chr, chr))'.replace('chr, chr', self.quoted(',') + ', ' + self.quoted(':'))])}",
            lambda: f"({o('str')} if {o('bool')}{self.pick(['', ' else ' + o('str')])})", lambda: f"{self.wrap(self.any())}|string", lambda: f"{o('undef')}|default({o('str')}{self.pick(['', ', true'])})",
            lambda: f"{self.pick([self.quoted('%s-%s'), self.quoted('%s %d'), self.quoted('%05.1f|%s'), self.quoted('%-4s|%3d'), self.quoted('%r %x')])} % ({self.pick([o('str'), o('int'), o('float')])}, {self.pick([o('str'), o('int')])})",
            lambda: f"{self.pick([self.quoted('{}-{}'), self.quoted('{0}{1}{0}'), self.quoted('{:>5}|{:.2f}'), self.quoted('{!r} {}'), self.quoted('{{}} {} {}')])}.format({self.pick([o('str'), o('int')])}, {self.pick([o('float'), o('int'), o('str')])})",
            lambda: f"{self.quoted('%s/%s')}|format({self.any()}, {self.any()})", lambda: f"{o('dict')}.get({self.quoted(self.pick(['a', 'name', 'type', 'role']))}, {o('str')})",
            lambda: f"{o('strs')}|{self.pick(['first', 'last', 'min', 'max'])}", lambda: f"ps[{self.r.randint(0, 3)}].{self.pick(['name', 'role', 'age', 'tags', 'sub.v', 'nope'])}",
            lambda: f"{o('str')} {self.pick(['and', 'or'])} {o('str')}", lambda: f"strftime_now({self.quoted('%d %b')})",
        ])()

    def textfilter(self):
        q = self.quoted
        return self.pick(["upper", "lower", "title", "capitalize", "trim", f"trim({q()})", f"replace({q()}, {q()})", f"replace({q()}, {q()}, {self.r.randint(-1, 2)})", "indent",
            f"indent({self.r.randint(0, 3)}, true)", "indent(2, first=True, blank=true)", f"indent({q()})", "escape", "e", "safe", "forceescape", "center(9)", "truncate(9)", "truncate(6, true)", "truncate(7, false, '..', 0)",
            "wordcount", "length", "reverse", "urlencode", "string", "list", "first", "last", "tojson", f"default({q()})", "d('x', true)", "int", "float", "list|join('|')", "batch(2)|list"])

    def textmethod(self):
        q = self.quoted
        return self.pick(["upper()", "lower()", "title()", "capitalize()", "swapcase()", "casefold()", "strip()", "lstrip()", "rstrip()", f"strip({q()})", f"lstrip({q()})", f"rstrip({q()})",
            f"replace({q()}, {q()})", f"replace({q()}, {q()}, 1)", f"split({q()})", "split()", "splitlines()", "splitlines(true)", f"rsplit({q()}, 1)", f"partition({q()})", f"rpartition({q()})", "zfill(6)",
            f"removeprefix({q()})", f"removesuffix({q()})", "center(8)", "center(9, '*')", "ljust(6)", "rjust(6, '.')", "expandtabs(4)", f"startswith({q()})", f"find({q()}, 2)", f"count({q()})", "format()"])

    def make_ints(self):
        o = self.of
        return self.pick([lambda: f"{o('ints')}{self.slice()}", lambda: f"{o('ints')}|sort{self.pick(['', '(reverse=true)', '(true)'])}", lambda: f"{o('ints')}|unique|list", lambda: f"{o('ints')} + {o('ints')}",
            lambda: f"{o('ints')}|select({self.pick([repr('odd'), repr('even'), repr('gt') + ', 1', repr('divisibleby') + ', 2', repr('none')])})|list", lambda: f"{o('ints')}|reject({self.quoted('lt')}, 2)|list", lambda: f"{o('ints')}|reverse|list",
            lambda: f"range({self.r.randint(-1, 6)})|list", lambda: f"{o('ints')}|map({self.pick([repr('abs'), repr('float'), repr('string'), repr('round') + ', 1'])})|list", lambda: f"{o('d' if False else 'dict')}.values()|list",
            lambda: f"{o('ints')} * {self.r.randint(0, 2)}", lambda: f"{o('dicts')}|map(attribute='age', default=0)|list"])()

    def make_strs(self):
        o = self.of
        return self.pick([lambda: f"{o('strs')}{self.slice()}", lambda: f"{o('strs')}|sort{self.pick(['', '(reverse=true)', '(case_sensitive=true)', '(false, true)'])}", lambda: f"{o('strs')}|unique{self.pick(['', '(true)'])}|list",
            lambda: f"{o('str')}.split({self.pick(['', self.quoted(), self.quoted()])})", lambda: f"{o('strs')}|map({self.pick([repr('upper'), repr('trim'), repr('length'), repr('replace') + ', ' + self.quoted() + ', ' + self.quoted(), repr('default') + ', 1'])})|list",
            lambda: f"{o('str')}|list", lambda: f"{o('dict')}.keys()|list", lambda: f"{o('dict')}|list", lambda: f"{o('dicts')}|map(attribute='name')|list", lambda: f"{o('str')}.splitlines()", lambda: f"{o('strs')}|reject({self.quoted('in')}, {o('strs')})|list",
            lambda: f"{o('strs')} + {o('strs')}", lambda: f"{o('dicts')}|map(attribute='role')|unique|list", lambda: f"{o('strs')}|select|list", lambda: f"{o('strs')}|select('equalto', {self.quoted()})|list"])()

    def make_list(self):
        o = self.of
        return self.pick([lambda: f"[{self.any()}, {self.any()}]", lambda: f"({self.any()}, {self.any()})", lambda: f"{o('list')}{self.slice()}", lambda: f"{o('dict')}.items()|list", lambda: f"{o('dict')}|items|list",
            lambda: f"{o('dict')}|dictsort{self.pick(['', '(true)', '(by=' + repr('value') + ')', '(false, ' + repr('value') + ', true)', '(reverse=true)'])}", lambda: f"{self.pick([o('ints'), o('strs')])}|batch({self.r.randint(1, 3)}{self.pick(['', ', 0', ', none'])})|list",
            lambda: f"{self.pick([o('ints'), o('strs')])}|slice({self.r.randint(1, 3)}{self.pick(['', ', 0', ', ' + repr('x')])})|list", lambda: f"{o('dicts')}|groupby({self.pick([repr('role'), repr('age'), repr('name') + ', case_sensitive=true', repr('sub.v') + ', default=0', repr('nope') + ', default=' + repr('z')])})",
            lambda: f"{o('list')} + {o('list')}", lambda: f"{o('dicts')}|map(attribute={self.pick([repr('tags'), repr('tags.0'), repr('sub.v'), repr('nope')])})|list", lambda: f"{o('list')}|list", lambda: f"{o('list')}|map('string')|list",
            lambda: f"{o('dict')}.{self.pick(['items', 'keys', 'values'])}()", lambda: f"range({self.r.randint(0, 4)})", lambda: f"{o('list')}|select({self.pick(['', repr('string'), repr('mapping'), repr('defined'), repr('none')])})|list",
            lambda: f"pairs|map('first')|list", lambda: f"pairs|map(attribute={self.pick(['0', '1', repr('0')])})|list", lambda: f"{o('list')}|{self.pick(['sort', 'unique|list', 'reverse|list', 'tojson', 'first', 'last', 'max', 'sum(start=[])'])}"])()

    def make_dicts(self):
        o = self.of
        return self.pick([lambda: f"{o('dicts')}|{self.pick(['selectattr', 'rejectattr'])}({self.pick([repr('tags'), repr('age') + ', ' + repr('eq') + ', 30', repr('role') + ', ' + repr('equalto') + ', ' + repr('user'), repr('sub.v') + ', ' + repr('defined'), repr('role') + ', ' + repr('in') + ', [' + repr('user') + ', ' + repr('tool') + ']', repr('age') + ', ' + repr('none'), repr('nope'), repr('name') + ', ' + repr('=='), repr('age') + ', ' + repr('>') + ', 26'])})|list",
            lambda: f"{o('dicts')}|sort(attribute={self.pick([repr('name'), repr('age'), repr('role,name'), repr('nope')])}{self.pick(['', ', reverse=true', ', case_sensitive=true'])})", lambda: f"{o('dicts')}{self.slice()}", lambda: f"{o('dicts')}|unique(attribute='role')|list", lambda: "messages[1:]", lambda: "ps|reverse|list"])()

    def make_dict(self):
        o = self.of
        return self.pick([lambda: "{" + f"{self.quoted('k')}: {self.any()}, {self.quoted('z')}: {self.any()}" + "}", lambda: f"dict({o('dict')}, k={self.any()})", lambda: f"{o('dicts')}[{self.r.randint(-2, 2)}]", lambda: f"{o('dicts')}|{self.pick(['first', 'last'])}",
            lambda: f"dict(pairs)", lambda: f"({o('dict')} or {o('dict')})", lambda: f"{o('dict')}.copy()", lambda: "dd.k", lambda: f"dict(a={self.any()})", lambda: "{" + f"{o('int')}: {self.any()}" + "}"])()

    def make_none(self):
        return self.leaf("none")

    def make_undef(self):
        o = self.of
        return self.pick([lambda: self.leaf("undef"), lambda: f"{o('dict')}.nope", lambda: f"{o('dict')}[{self.any()}]", lambda: f"{o('list')}[{self.any()}]", lambda: f"{o('str')}.nope", lambda: f"{o('el' if False else 'list')}|first",
            lambda: f"({self.any()} if false)", lambda: f"{o('int')}.x", lambda: f"{self.any()}[{self.any()}]"])()

    # Statements

    def tag(self, inner):
        return "{%" + self.pick(["", "", "-", "-", "+"]) + self.pick([" ", " ", ""]) + inner + self.pick([" ", " ", "\n "]) + self.pick(["", "", "-", "-", "+" if self.chance(0.3) else ""]) + "%}"

    def text(self):
        return "".join(self.pick(["a", " ", "\n", "\n  ", "  ", "\t", "<|im_start|>", "é", "{ ", "}", "\n\n", "x.", "% }", "#"]) for _ in range(self.r.randint(0, 4)))

    def output(self, expression):
        return "{{" + self.pick(["", "", "-"]) + " " + expression + " " + self.pick(["", "", "-"]) + "}}"

    def body(self, depth):
        return "".join(self.statement(depth) for _ in range(self.r.randint(1, 4)))

    def scoped(self, names, depth):
        kept = list(self.locals)
        self.locals += names
        body = self.body(depth + 1)
        self.locals = kept
        return body

    def statement(self, depth=0):
        if depth > 3 or self.chance(0.35):
            return self.pick([self.text, self.text, lambda: self.output(self.any())])()
        t = self.tag
        return self.pick([self.choice, self.loop, self.loop, self.assign, self.assign, self.namespace, self.macro, self.call, self.other, self.output_any])(depth) if t else ""

    def output_any(self, depth):
        return self.output(self.any())

    def choice(self, depth):
        text = self.tag("if " + self.of("bool")) + self.body(depth + 1)
        if self.chance(0.3):
            text += self.tag("elif " + self.any()) + self.body(depth + 1)
        if self.chance(0.5):
            text += self.tag("else") + self.body(depth + 1)
        return text + self.tag("endif")

    def loop(self, depth):
        kind, inner = self.pick([("ints", "int"), ("strs", "str"), ("dicts", "dict"), ("list", "str"), ("str", "str"), ("dict", "str")])
        name = self.pick(["i", "m", "x", "v", "item"])
        if self.chance(0.2):
            target, values, names = "k, v", self.pick([self.of("dict") + ".items()", self.of("dict") + "|items", self.of("dict") + "|dictsort", "pairs", "ps|groupby('role')", "pairs|batch(1)|first"]), [("k", "str"), ("v", "int")]
        else:
            target, values, names = name, self.of(kind) + (self.pick(["", "", "", "|reverse", "|map('string')", "|select"]) if kind != "str" else ""), [(name, inner)]
        names = names + [("loop.index", "int"), ("loop.last", "bool"), ("loop.first", "bool"), ("loop.length", "int"), ("loop.revindex0", "int"), ("loop.previtem", "undef"), ("loop.nextitem", "str"), ("loop.index0", "int"), ("loop.cycle('a', 'b')", "str"), ("loop.changed(" + target + ")", "bool"), ("loop.depth", "int")]
        condition = " if " + self.pick([self.of("bool"), target.split(",")[0], "loop" if self.chance(0.05) else target.split(",")[0] + " != 'a'"]) if self.chance(0.25) else ""
        text = self.tag(f"for {target} in {values}{condition}")
        body = self.scoped(names, depth)
        if self.chance(0.15):
            body += self.tag("if " + self.pick(["loop.index > 2", self.of("bool")])) + self.tag(self.pick(["break", "continue"])) + self.tag("endif") + self.body(3)
        text += body
        if self.chance(0.2):
            text += self.tag("else") + self.body(depth + 1)
        return text + self.tag("endfor")

    def assign(self, depth):
        name, kind = self.pick([("i", "int"), ("t", "str"), ("messages", "dicts"), ("loop_messages", "dicts"), ("ok", "bool"), ("r", "list"), ("x", "float"), ("gen", "gen"), ("s", "str"), ("d", "dict")])
        if self.chance(0.15):
            text = self.tag("set " + name + self.pick(["", "", " | trim", " | upper | trim"])) + self.body(depth + 1) + self.tag("endset")
            kind = "str"
        elif kind == "gen":
            text = self.tag(f"set gen = {self.of('dicts')}|{self.pick(['selectattr(' + repr('role') + ')', 'map(attribute=' + repr('role') + ')', 'select', 'reverse'])}")
            return text + self.output(self.pick(["gen|list|length", "gen|join", "gen|first", "gen|length"])) + self.output(self.pick(["gen|list|length", "gen|join('-')", "gen|first"]))
        elif self.chance(0.1):
            text = self.tag(f"set t, i = {self.of('str')}, {self.of('int')}")
        else:
            text = self.tag(f"set {name} = {self.of(kind)}")
        if kind in NAMES and self.chance(0.7):
            self.locals = self.locals + [(name, kind)]
        return text + (self.output(name) if self.chance(0.4) else "")

    def namespace(self, depth):
        text = self.tag(f"set ns = namespace(a={self.of('int')}, t={self.of('str')}{self.pick(['', ', found=false', ', l=[]'])})")
        text += self.tag(f"for i in {self.of('ints')}") + self.tag(f"set ns.a = ns.a + {self.pick(['i', '1', self.of('int')])}") + self.tag("set ns.t = ns.t ~ i") + (self.tag("if loop.first") + self.tag("break") + self.tag("endif") if self.chance(0.2) else "") + self.tag("endfor")
        return text + self.output("ns.a") + self.output(self.pick(["ns.t", "ns.nope", "ns['t']", "ns", "ns.found"]))

    def macro(self, depth):
        name = self.pick(["f", "g", "render"])
        params = self.pick(["", "a", "a, b", "a, b=1", "a, b='x', c=none", "a, b=a"])
        kept = list(self.locals)
        self.locals += [("a", "str"), ("b", "str"), ("varargs", "list"), ("kwargs", "dict")]
        body = self.body(depth + 1) + (self.output("caller()") if self.chance(0.05) else "")
        self.locals = kept
        text = self.tag(f"macro {name}({params})") + body + self.tag("endmacro")
        given = {"": [""], "a": [self.any(), "a=" + self.any()]}.get(params, [self.any(), f"{self.any()}, {self.any()}", f"{self.any()}, b={self.any()}", f"b={self.any()}, a=1"])
        if self.chance(0.1):
            given = ["1, 2, 3", "1, a=2", "1, z=1", f"*{self.of('list')}"]
        calls = f"{name}({self.pick(given)})"
        self.macros.append(name)
        return text + self.output(self.pick([calls, calls + "|trim", calls + " ~ 'x'"]))

    def call(self, depth):
        name = self.pick(self.macros) if self.macros else "f"
        signature = self.pick(["", "", "(y)"])
        return self.tag(f"macro {name}c(p='q')") + "[" + self.output("p") + self.output(f"caller({'p' if signature else ''})") + "]" + self.tag("endmacro") + self.tag(f"call{signature} {name}c({self.pick(['', self.of('str')])})") + self.body(depth + 1) + (self.output("y") if signature else "") + self.tag("endcall")

    def other(self, depth):
        t = self.tag
        return self.pick([
            lambda: t(f"filter {self.pick(['upper', 'trim', 'indent(2)', 'replace(' + self.quoted() + ', ' + self.quoted() + ')', 'title|trim'])}") + self.body(depth + 1) + t("endfilter"),
            lambda: t(f"with {self.pick(['a', 't'])} = {self.any()}, b = {self.any()}") + self.body(depth + 1) + self.output("b") + t("endwith"),
            lambda: t("generation") + self.body(depth + 1) + t("endgeneration"), lambda: "{#" + self.pick(["-", "", "+"]) + " note " + self.pick(["-", "", "+"]) + "#}",
            lambda: "{% raw %}" + self.pick(["{{ a }}\n", " {% x %} ", "  "]) + self.pick(["{% endraw %}", "{%- endraw -%}"]), lambda: t("print " + self.any()),
            lambda: t("for n in [1, [2, [3]], 'ab'] recursive") + self.pick(["({{ loop(n) if n is not number and n is not string else n }}){{ loop.depth }}", "{{ n if n is number }}{{ loop(n) if n is sequence and n is not string }}"]) + t("endfor"),
            lambda: t("if " + self.of("bool")) + self.output("raise_exception(" + self.of("str") + ")") + t("endif"),
            lambda: t("set c = cycler('a', 'b')") + "{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.next() }}", lambda: t("set j = joiner(', ')") + "{{ j() }}{{ j() }}",
        ])()


def expression(seed):
    draw = Draw(seed, 0.03)
    return " ".join("{{ " + draw.any() + " }}" for _ in range(draw.r.randint(1, 2)))


def statements(seed):
    draw = Draw(seed, 0.004)
    return "".join(draw.statement() for _ in range(draw.r.randint(1, 4)))


FRAGMENTS = [(r"\{%-", "{%"), (r"-%\}", "%}"), (r"\{\{-", "{{"), (r"-\}\}", "}}"), (r"\{%(?![-+])", "{%-"), (r"(?<![-+])%\}", "-%}"), (r"\{\{(?!-)", "{{-"), (r"\.strip\(\)", "|trim"), (r"\|\s*trim", ".strip()"), (r"\| ?tojson", "|tojson(indent=2)"),
    (r"\| ?tojson(\([^)]*\))?", "|string"), (r"\['role'\]", ".role"), (r"\['content'\]", ".content"), (r"\.content", "['content']"), (r"==", "!="), (r" and ", " or "), (r" or ", " and "), (r"loop\.index0", "loop.index"), (r"loop\.last", "loop.first"),
    (r"is string", "is mapping"), (r"is mapping", "is iterable"), (r"is defined", "is not none"), (r" not ", " "), (r"\+", "~"), (r"~", "+"), (r"\n", "\n  "), (r"\n +", "\n"), (r"'assistant'", "'tool'"), (r"\[1:\]", "[:-1]"), (r"\[0\]", "[-1]"), (r"\.items\(\)", "|dictsort"),
    (r"\.items\(\)", "|items"), (r"messages", "messages[::-1]"), (r"content", "content|string"), (r"'user'", "'system'"), (r"tools", "messages"), (r"elif", "if false %}{% endif %}{% elif"), (r"else", "elif true"), (r"<", "&"), (r"\\n", "\\n\\n"), (r"== 0", "is even"), (r"% 2", "// 2"), (r"raise_exception\(", "("), (r"\(", "( ")]


def model(seed, sources, conversations):
    r = random.Random(seed)
    source = r.choice(sources)
    for _ in range(r.randint(0, 4)):
        pattern, new = r.choice(FRAGMENTS)
        places = list(re.finditer(pattern, source))
        if not places:
            continue
        for place in [r.choice(places)] if r.random() < 0.6 else places[::-1]:
            source = source[:place.start()] + new + source[place.end():]
    conversation = copy.deepcopy(r.choice(conversations))
    for _ in range(r.randint(0, 3)):
        messages = conversation["messages"]
        if not messages:
            break
        message = r.choice(messages)
        r.choice([lambda: message.update(content=r.choice(["", " x \n", "<|im_end|>", "a</think>b", "日本 <&>", [{"type": "text", "text": "p"}], "{\"a\": 1.0}", 3, 1.50, {"k": [True, None]}])), lambda: messages.append(dict(message)),
                  lambda: message.update(role=r.choice(["user", "assistant", "system", "tool", "developer"])), lambda: message.pop("content", None), lambda: messages.remove(message) if len(messages) > 1 else None,
                  lambda: message.update(tool_calls=[{"id": "call_00001", "type": "function", "function": {"name": "f", "arguments": r.choice([{"a": 1.0, "b": [None, "ü"]}, "{\"a\": 1}", {}])}}]), lambda: message.update(reasoning_content="because\n")])()
    return source, conversation


def plain(value):
    return re.search(r" at 0x[0-9a-f]{6,}", value) is None


class Clock:
    @staticmethod
    def now():
        return Clock

    @staticmethod
    def strftime(form):
        return f"[{form}]"


def reference(case):
    """What transformers writes; an exception where it refuses."""
    options = {"add_generation_prompt": case["prompt"], **case["variables"]}
    rendered, _ = chat_template_utils.render_jinja_template([case["messages"]], tools=case.get("tools"), chat_template=case["source"], **options)
    return rendered[0]


def expire(*_):
    raise TimeoutError


def cases(seed, count, kind):
    fixture = json.loads(FIXTURE.read_text())
    sources = [template["source"] for template in fixture["templates"]]
    conversations = [{"messages": c["messages"], "tools": c.get("tools")} for c in fixture["conversations"].values()]
    for number in range(count):
        key = f"{seed}-{number}"
        drawn = ["expressions", "statements", "models"][number % 3] if kind == "all" else kind
        conversation = {"messages": MESSAGES, "tools": TOOLS}
        if drawn == "models":
            source, conversation = model(key, sources, conversations)
        else:
            source = expression(key) if drawn == "expressions" else statements(key)
        messages = [{k: v for k, v in m.items() if v is not None} for m in conversation["messages"]]
        yield {"kind": drawn, "source": source, "messages": messages, "tools": conversation["tools"], "variables": VARIABLES, "prompt": number % 2 == 0}


def record(drawn, arguments):
    """Writes small cases, with what they are rendered over, as a fixture."""
    small = [{"source": c["source"], "prompt": c["prompt"], "text": c["expected"]} for c in drawn
             if c["kind"] != "models" and len(c["source"]) < 500 and len(c["expected"] or "") < 700]
    versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__}
    value = {"versions": versions, "seed": arguments.seed, "count": arguments.count, "messages": MESSAGES, "tools": TOOLS,
             "variables": VARIABLES, "templates": small}
    FIXTURE.with_name("drawn.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    print(f"{len(small)} templates, {sum(c['text'] is not None for c in small)} of them texts")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renderer", nargs="?")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--kind", default="all")
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    chat_template_utils.datetime = Clock
    signal.signal(signal.SIGALRM, expire)
    drawn = []
    for case in cases(arguments.seed, arguments.count, arguments.kind):
        signal.setitimer(signal.ITIMER_REAL, 5)
        try:
            case["expected"], case["reason"] = reference(copy.deepcopy(case)), None
            json.dumps(case["expected"]).encode()
            case["expected"].encode()
        except TimeoutError:
            continue
        except Exception as error:  # noqa: BLE001
            case["expected"], case["reason"] = None, f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if case["expected"] is None or plain(case["expected"]):
            drawn.append(case)
    if arguments.record:
        return record(drawn, arguments)
    lines = "".join(json.dumps({k: case[k] for k in ("source", "messages", "tools", "variables", "prompt")}) + "\n" for case in drawn)
    answers = subprocess.run([arguments.renderer], input=lines, capture_output=True, text=True, check=True).stdout.rstrip("\n").split("\n")
    assert len(answers) == len(drawn), (len(answers), len(drawn))
    counts, shown = collections.Counter(), collections.defaultdict(list)
    for case, answer in zip(drawn, map(json.loads, answers)):
        text = answer.get("text")
        if case["expected"] is None:
            verdict = "refused by both" if text is None else "rendered by us alone"
        else:
            verdict = "refused by us alone" if text is None else "equal" if text == case["expected"] else "different"
        counts[verdict] += 1
        counts[f"  {case['kind']}: {verdict}"] += 1
        if verdict not in ("equal", "refused by both"):
            shown[verdict].append({**{k: case[k] for k in ("kind", "source", "expected", "reason")}, "ours": text, "error": answer.get("error")})
    print(f"transformers {transformers.__version__}, jinja2 {jinja2.__version__}, seed {arguments.seed}, {len(drawn)} templates")
    for verdict, count in sorted(counts.items()):
        print(f"{count:7} {verdict}")
    for verdict in ("different", "rendered by us alone", "refused by us alone"):
        for case in shown[verdict][:arguments.show]:
            print(f"\n--- {verdict} ({case['kind']})\n{case['source'][:1500]}\n  theirs: {(case['expected'] if case['reason'] is None else case['reason'])!r:.600}\n  ours:   {(case['ours'] if case['error'] is None else case['error'])!r:.600}")
    if arguments.out:
        pathlib.Path(arguments.out).write_text(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
