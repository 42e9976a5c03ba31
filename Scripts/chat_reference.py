#!/usr/bin/env python3
"""Writes what transformers and jinja2 make of chat templates.

usage: python3 Scripts/chat_reference.py

Tests/Fixtures/Tokenize/Chat/expressions.json: small templates and what they write.
Tests/Fixtures/Tokenize/Chat/templates.json: chat templates written here in the manner of the models
they are named after, and those of Sources/Tokenize/Chat/NamedTemplates.swift, over conversations;
with the text, the spans of `generation` blocks, or null where the template refuses.
Tests/Fixtures/Tokenize/Chat/tokens.json: the ids of conversations with tokenizers of ../shared/golden.
Tests/Fixtures/Tokenize/Chat/masks.json: the tokens that templates with `generation` blocks mark.

Needs transformers 5.23 and jinja2 3.1.6; the versions are written into the files.
"""
import gzip
import json
import pathlib
import re

import jinja2
import tokenizers
import transformers
from transformers.utils import chat_template_utils

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "Tests/Fixtures/Tokenize/Chat"
NAMED = ROOT / "Sources/Tokenize/Chat/NamedTemplates.swift"

VARIABLES = {
    "n": 7, "x": 2.5, "big": 1e16, "tiny": 0.00001234, "neg": -3, "yes": True, "no": False, "nil": None,
    "s": "Hello, World", "u": "naïve ÉCOLE straße 日本 👩‍🚀", "empty": "", "spaces": "  a b\t c \n", "lines": "one\ntwo\r\nthree\n",
    "quotes": "it's \"so\"", "html": "<a href='x'>&</a>", "ctl": "tab\there\x01\x7f\u2028\u00e9",
    "l": [3, 1, 2], "words": ["b", "A", "c", "a"], "mixed": [1, "two", None, 2.0, True, [1], {"k": "v"}],
    "d": {"b": 1, "a": {"z": [1, 2]}, "items": "own", "é": "ü"},
    "people": [{"name": "Ann", "age": 30, "role": "user"}, {"name": "bob", "age": 25, "role": "tool"},
               {"name": "Cy", "age": 30, "role": "user", "tags": ["x", "y"]}],
}

EXPRESSIONS = r"""
{{ n + 1 }} {{ n - 10 }} {{ n * 3 }} {{ n / 2 }} {{ n // 2 }} {{ neg // 2 }} {{ n % 4 }} {{ neg % 4 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -n }} {{ +n }}
{{ x + 1 }} {{ x * 2 }} {{ x // 1 }} {{ -x % 2 }} {{ big }} {{ tiny }} {{ 1e15 }} {{ 123456.789 }} {{ 1.0 }} {{ 1e100 }} {{ 0.1 + 0.2 }} {{ 1_000 }} {{ 0x1f }} {{ 0b101 }} {{ 3.0e2 }}
{{ n == 7 and n != 8 }} {{ n > 3 >= 3 }} {{ 1 < 2 < 3 < 3 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ "a" < "b" }} {{ [1, 2] < [1, 3] }} {{ not n }} {{ not not n }}
{{ yes }} {{ no }} {{ nil }} {{ True }} {{ None }} {{ [] }} {{ {} }} {{ () }} {{ (1,) }} {{ (1, 2) }} {{ [1, 'a', "it's", 2.0, none, true] }} {{ {'a': 1, "b": [2]} }}
{{ s ~ 1 ~ none ~ x ~ [1] }} {{ 'a' 'b' "c" }} {{ "tab\tnl\\n\x41\u00e9\101\q" }} {{ 'it\'s' }}
{{ s[0] }} {{ s[-1] }} {{ s[1:4] }} {{ s[::-1] }} {{ s[::2] }} {{ s[-3:] }} {{ s[5:2] }} {{ s[100:] }} {{ l[0] }} {{ l[-1] }} {{ l[1:] }} {{ l[:-1] }} {{ l[::-1] }} {{ l[5] }} {{ s[99] }} {{ u[-3:] }}
{{ d.b }} {{ d['b'] }} {{ d['items'] }} {{ d.a.z[1] }} {{ d.a['z'].0 }} {{ d.nope }} {{ d['nope'] }} {{ d.get('b') }} {{ d.get('q', 5) }} {{ d.get('q') }} {{ people[0].name }} {{ people[2]['tags'][0] }}
{{ d.keys()|list }} {{ d.values()|list }} {{ d.a.items()|list }} {% for k, v in d.a.items() %}{{ k }}={{ v }};{% endfor %} {{ d|items|list }} {{ d|length }} {{ 'b' in d }} {{ 'q' not in d }} {{ 3 in l }} {{ 'ell' in s }} {{ d.copy() }}
{{ missing }}|{{ missing|default('x') }}|{{ empty|default('y') }}|{{ empty|default('y', true) }}|{{ nil|default('z') }}|{{ nil|d('z', boolean=true) }}|{{ missing is defined }}|{{ d.nope is undefined }}|{{ missing|length }}|{{ missing|list }}|{{ missing == other }}|{{ 1 in missing }}|{{ missing|trim }}|{{ missing|upper }}
{{ s|upper }} {{ s|lower }} {{ s|title }} {{ u|title }} {{ u|capitalize }} {{ u|upper }} {{ u|lower }} {{ 'hELLO wORLD-foo(bar'|title }} {{ 'ΣΑΣ'|lower }} {{ 'ǆ'|capitalize }}
[{{ spaces|trim }}] [{{ 'xxaxx'|trim('x') }}] [{{ s|replace('l', 'L') }}] [{{ s|replace('l', 'L', 1) }}] [{{ 'aaa'|replace('a', 'aa') }}] [{{ 'ab'|replace('', '-') }}] [{{ s|center(20) }}] [{{ s|length }}] [{{ s|count }}] [{{ s|reverse }}] [{{ s|list }}] [{{ s|first }}] [{{ s|last }}] [{{ 5|string }}] [{{ n|string|length }}]
{{ lines|indent }}|{{ lines|indent(2, true) }}|{{ lines|indent(width='> ', blank=true) }}|{{ 'a\n\nb'|indent(2) }}|{{ 'a b c'|wordcount }}|{{ html|e }}|{{ html|safe }}|{{ 'a b/ü?'|urlencode }}|{{ 'The quick brown fox'|truncate(10) }}|{{ 'The quick brown fox'|truncate(10, true, '…', 0) }}|{{ 'short'|truncate(3, leeway=2) }}
{{ '%s is %d and %.2f%%'|format('x', 3, 2.5) }} {{ '%5d|%-5s|%05d|%x' % (42, 'ab', 7, 255) }} {{ 'one %s' % s }} {{ '%(a)s' % {'a': 1} }} {{ '{} {}'.format(1, 'b') }} {{ '{1}{0}{x}'.format('a', 'b', x=3) }} {{ '%r' % 'q' }}
{{ l|sort }} {{ l|sort(reverse=true) }} {{ words|sort }} {{ words|sort(case_sensitive=true) }} {{ people|sort(attribute='age')|map(attribute='name')|list }} {{ people|sort(attribute='age', reverse=true)|map(attribute='name')|join(',') }} {{ l|min }} {{ l|max }} {{ words|min }} {{ words|max }} {{ l|sum }} {{ people|sum(attribute='age') }} {{ l|sum(start=10) }}
{{ l|first }} {{ l|last }} {{ []|first }} {{ l|join('-') }} {{ l|join }} {{ people|join(', ', attribute='name') }} {{ l|reverse|list }} {{ words|unique|list }} {{ [1, 1, 2]|unique|list }} {{ l|batch(2)|list }} {{ l|batch(2, 0)|list }} {{ l|slice(2)|list }} {{ range(7)|slice(3, 'x')|list }} {{ d.a|dictsort }} {{ {'b': 1, 'A': 2}|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(by='value') }} {{ {'b': 1, 'A': 2}|dictsort(true, reverse=true) }}
{{ people|map(attribute='name')|map('upper')|list }} {{ people|map(attribute='tags', default='none')|list }} {{ people|selectattr('role', 'equalto', 'user')|map(attribute='name')|list }} {{ people|rejectattr('tags')|map(attribute='name')|list }} {{ people|rejectattr('tags', 'defined')|list|length }} {{ mixed|select('string')|list }} {{ mixed|reject('none')|list }} {{ l|select('odd')|list }} {{ l|select('>', 1)|list }} {{ words|map('replace', 'a', 'z')|list }} {{ [0, 1, '']|select|list }} {% if people|selectattr('role', 'equalto', 'nobody') %}generators are true{% endif %}
{% for g, items in people|groupby('age') %}{{ g }}:{{ items|map(attribute='name')|join('+') }};{% endfor %}
{{ '5'|int }} {{ '5.9'|int }} {{ 'x'|int }} {{ 'x'|int(3) }} {{ 5.9|int }} {{ '0x1f'|int(base=16) }} {{ 'ff'|int(0, 16) }} {{ '2.5'|float }} {{ 'y'|float }} {{ 3|float }} {{ neg|abs }} {{ 2.567|round(2) }} {{ 2.5|round }} {{ 3.5|round }} {{ 2.4|round(method='ceil') }} {{ 2.6|round(0, 'floor') }} {{ 7|round }} {{ 2.675|round(2) }} {{ 1234.5|round(-2) }}
{{ d|tojson }} {{ mixed|tojson }} {{ ctl|tojson }} {{ u|tojson }} {{ u|tojson(ensure_ascii=true) }} {{ html|tojson }} {{ x|tojson }} {{ big|tojson }} {{ nil|tojson }} {{ yes|tojson }} {{ quotes|tojson }} {{ {1: 2, none: 3, true: 4}|tojson }} {{ (1, 2)|tojson }} {{ []|tojson(indent=2) }} {{ {}|tojson(indent=2) }}
{{ d|tojson(indent=2) }} {{ mixed|tojson(indent=4) }} {{ d|tojson(separators=(',', ':')) }} {{ d|tojson(sort_keys=true) }} {{ d|tojson(indent='\t') }}
{{ n is number }} {{ s is string }} {{ l is sequence }} {{ l is iterable }} {{ d is mapping }} {{ nil is none }} {{ yes is boolean }} {{ yes is true }} {{ no is false }} {{ n is integer }} {{ x is float }} {{ yes is integer }} {{ n is odd }} {{ n is even }} {{ n is divisibleby 7 }} {{ n is divisibleby(2) }} {{ n is not none }} {{ s is lower }} {{ 'ABC' is upper }} {{ n is eq 7 }} {{ n is in l }} {{ 3 is in(l) }} {{ n is sameas 7 }} {{ range is callable }} {{ 'upper' is filter }} {{ 'odd' is test }} {{ d is string }} {{ s is mapping }} {{ s is iterable }} {{ missing is none }}
{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ s.swapcase() }} {{ u.capitalize() }} [{{ spaces.strip() }}] [{{ spaces.lstrip() }}] [{{ spaces.rstrip() }}] {{ 'xyaxy'.strip('xy') }} {{ s.startswith('He') }} {{ s.endswith(('x', 'ld')) }} {{ s.startswith('l', 2) }} {{ s.find('o') }} {{ s.rfind('o') }} {{ s.find('q') }} {{ s.index('W') }} {{ s.count('l') }} {{ s.split(',') }} {{ spaces.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c d'.split(None, 2) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a  b'.split(' ') }} {{ lines.splitlines() }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('x') }} {{ '-'.join(['a', 'b']) }} {{ s.replace('o', '0', 1) }} {{ 'pre-x'.removeprefix('pre-') }} {{ 'x.py'.removesuffix('.py') }} {{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} [{{ 'a'.ljust(3) }}] [{{ 'a'.rjust(3, '.') }}] [{{ 'a'.center(4, '*') }}] [{{ 'ab'.center(5) }}]
{{ '12'.isdigit() }} {{ '1a'.isalnum() }} {{ 'é'.isalpha() }} {{ ''.isalpha() }} {{ ' \t'.isspace() }} {{ 'aB'.islower() }} {{ 'AB'.isupper() }} {{ '½'.isnumeric() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ 'a'.isascii() }} {{ l.index(1) }} {{ l.count(3) }} {{ 'x' * 3 }} {{ [0] * 2 }} {{ [1] + [2] }}
{{ quotes }} {{ [quotes, html, ctl, u] }} {{ ["a\nb", 'é', '\u200b', '\U0001f600', "\x00"] }} {{ {'k': quotes} }}
{{ 'a' if yes else 'b' }} {{ 'a' if no }} {{ 'a' if no else 'b' if no else 'c' }} {{ (s if yes) | upper }} {{ n if n > 5 else 0 }} {{ yes and 'x' or 'y' }} {{ nil or empty or 'last' }} {{ no and 1 }} {{ not yes or no }}
{% if n > 10 %}a{% elif n > 5 %}b{% else %}c{% endif %} {% if not missing %}gone{% endif %} {% if missing is not defined or missing.x %}short{% endif %}
{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }};{% endfor %}
{% for i in [] %}x{% else %}none{% endfor %} {% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{% endfor %} {% for i in l if i > 1 %}{{ i }}{{ loop.index }}{{ loop.last }}{% else %}none{% endfor %} {% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %} {% for c in 'añ👍' %}[{{ c }}]{% endfor %} {% for k in d %}{{ k }}{% endfor %} {% for i in missing %}x{% endfor %}
{% set a = 1 %}{% for i in l %}{% set a = i %}{{ a }}{% endfor %}{{ a }} {% set ns = namespace(v=0, w='x') %}{% for i in l %}{% set ns.v = ns.v + i %}{% endfor %}{{ ns.v }}{{ ns.w }}{{ ns.q is defined }} {% if yes %}{% set b = 5 %}{% endif %}{{ b }} {% set p, q = 1, (2, 3) %}{{ p }}{{ q }} {% set t = 1, 2 %}{{ t }}
{% set up | upper | trim %} abc {% endset %}[{{ up }}] {% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }} {% filter upper %}abc {{ s }}{% endfilter %} {% raw %}{{ not }} {% this %}{% endraw %} {# a comment #}x{#- y -#} z
{% macro m(a, b='B', c=none) %}<{{ a }}{{ b }}{{ c }}{{ varargs }}{{ kwargs }}>{% endmacro %}{{ m(1) }}{{ m(1, c=3) }}{{ m(b=1, a=2) }}{{ m() }} {% macro v(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ v(1, 2, 3, k=4) }} {% set args = [5, 6] %}{{ m(*args) }}{{ m(**{'a': 9}) }} {{ m.name }}
{% macro box(title) %}[{{ title }}: {{ caller(1) }}]{% endmacro %}{% call(k) box('T') %}inner {{ k }} {{ n }}{% endcall %} {% macro rec(k) %}{{ k }}{% if k > 0 %}{{ rec(k - 1) }}{% endif %}{% endmacro %}{{ rec(3) }}
{% for p in people recursive %}{{ p.name }}{% if p.tags %}({{ loop([{'name': 'in'}]) }}){% endif %}{{ loop.depth }} {% endfor %}
{% set sep = joiner('|') %}{% for i in l %}{{ sep() }}{{ i }}{% endfor %} {{ dict(a=1, b=2) }} {{ dict([('k', 1)]) }} {{ range(3)|list }} {{ range(2, 8, 3)|list }} {{ range(5, 0, -2)|list }} {{ d|attr('nope') is defined }} {{ strftime_now('%Y')|length }}
a   {{- n -}}   b {%- raw -%}  r  {%- endraw -%} c {#- c -#} d
{{ [1, 2,] }} {{ {'a': 1,} }} {{ m is defined }} {{ -1 ** 2 }} {{ 2 * 3 + 4 * 5 }} {{ 10 - 2 - 3 }} {{ 2 ** 3 ** 2 }} {{ 7 // 2 * 2 }} {{ 1 ~ (2 + 3) }} {{ 'a' ~ 'b' | upper }} {{ -5 | abs }} {{ not 1 == 2 }} {{ 1 if 2 in [2] else 3 }} {{ 'x' is string and 1 }} {{ 3 is odd == true }}
{{ d.items is string }} {{ d.items is callable }} {{ d['items'] }}
{{ 'a' + 1 }}
{{ missing.attribute }}
{{ missing + 'x' }}
{{ none + 'x' }}
{{ none.x }} {{ none['y'] is defined }}
{{ s.nope }} {{ l.nope is defined }}
{{ s.nope() }}
{{ l.append(1) }}
{{ d.update({}) }}
{{ raise_exception('no way') }}
{{ 1 / 0 }}
{{ s|nofilter }}
{{ s is notest }}
{{ missing|tojson }}
{{ [1, 2]|join(1) }} {{ l|map('string')|join }}
{{ l|sort(attribute='x') }}
{{ ['a', 1]|sort }}
{% for a, b in [1] %}{% endfor %}
{% set d.x = 1 %}
{% if %}x{% endif %}
{% for x in y %}
{{ 'open }}
{{ (1 }}
{{ 1 }
{% unknown %}
{% endif %}
{{ a b }}
{% set 5 = 1 %}
{{ foo( }}
{# never closed
{{ range(10 ** 9)|list }}
{{ 'a\tbc\td\n\te'.expandtabs(4) }}|{{ 'a\tb'.expandtabs() }}|{{ 'a\tb'.expandtabs(tabsize=0) }} {{ 'Ab Cd'.istitle() }} {{ 'AB'.istitle() }} {{ 'a_1'.isidentifier() }} {{ '1a'.isidentifier() }} {{ [1, 2, 1].index(1, 1) }} {{ s.find('o', none, -3) }} {{ 'a b'.split(maxsplit=1) }} {{ 'a,b'.rsplit(sep=',') }}
{{ s|upper(1) }}
{{ s|trim(x=1) }}
{{ s|trim('x', chars='y') }}
{{ s|replace('l') }}
{{ l|join('a', d='b') }}
{{ l|first(1) }}
{{ d|tojson(key=1) }}
{{ n is divisibleby }}
{{ n is odd(1) }}
{{ n is eq(1, 2) }}
{{ s.upper(1) }}
{{ s.strip(chars='H') }}
{{ s.replace('l', 'x', count=1) }}
{{ s.startswith() }}
{{ d.get(key='b') }}
{{ d.items(1) }}
{{ (1, 2).copy() }}
{{ raise_exception() }}
{% generation %}g{{ n }}{% endgeneration %} {% macro w() %}{% generation %}in{% endgeneration %}{% endmacro %}{{ w() }}
{% set g = people|selectattr('age', 'eq', 30) %}{{ g|list|length }} {{ g|list|length }}{% set g = l|map('string') %}[{{ g|first }}{{ g|join }}{{ g|join }}]{% set g = l|reverse %}{{ 1 in g }}{{ g|list }}{{ (l|select|reverse) }}
{{ range(4) }} {{ range(5, 0, -2) }} {{ range(3)[1] }} {{ range(3) is sequence }} {{ range(2) == range(0, 2) }} {{ range(2) == [0, 1] }} {{ d.a.keys() }} {{ d.a.values() }} {{ d.a.items() }} {{ d.keys() is sequence }} {{ d.keys() == d.copy().keys() }}
{{ namespace(a=1, b='x') }} {{ namespace()|string }} {% macro m(a) %}{% endmacro %}{{ m }} {{ [m] }} {{ m.name }} {% for i in l %}{{ loop }}{% endfor %}
{{ namespace(_a=1) }}
{% set ns = namespace() %}{% set ns._a = 1 %}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, z=2) }}
{% macro m(a, b=a) %}{{ a }}{{ b }}{{ varargs }}{% endmacro %}{{ m(1, 2, 3) }}{{ m(4) }}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{{ +yes }} {{ -yes }} {{ +2.5 }} {{ -big }}
{{ +s }}
{{ +l }}
{{ 1.0 // 0.1 }} {{ -7.5 // 2 }} {{ 7 % -3.0 }} {{ -1.0 % 3 }} {{ -0.0 // 5 }} {{ 5.5 % 2 }} {{ 1e300 * 1e10 }} {{ 0 ** 0 }} {{ 2 ** 0.5 }} {{ (-8) ** 3 }}
{{ 0 ** -1 }}
{{ 10.0 ** 400 }}
{{ nil <= nil }}
{{ missing <= missing }}
{{ d[l] }}{{ d[missing] }}{{ l[l] }}{{ l['x'] }}{{ s[nil] }}{{ n[0] }}{{ missing in d }}
{{ l in d }}
{{ nil[1:] }}
{{ d.a[1:] }}
{{ missing[0] }}
{{ people|sort(attribute='role,name')|map(attribute='name')|list }} {{ people|sort(attribute='age,name', reverse=true)|map(attribute='name')|join }} {{ [nil, nil]|sort }} {{ [[2, 'b'], [1, 'c']]|sort }}
{{ ['a', 'B', 'A', 'b']|groupby('0') }} {{ ['a', 'B', 'A', 'b']|groupby('0', case_sensitive=true) }} {% for g in people|groupby('role') %}{{ g.grouper }}{{ g.list|length }}{{ g[0] }}{% endfor %} {{ people|groupby('nope', default='z')|map('first')|list }} {{ people|groupby('tags.0', default='-')|length }}
{{ {'a': 1, 'B': 0}|dictsort }} {{ {'a': 1, 'B': 0}|dictsort(true) }} {{ {'a': 1, 'B': 0}|dictsort(by='value') }} {{ {'a': 1, 'B': 0}|dictsort(reverse=true) }}
{{ d|dictsort(by='size') }}
{{ l|batch(2, none)|list }} {{ [1, 2]|slice(2, 'x')|list }} {{ l|slice(2, 'x')|list }} {{ l|slice(5)|list }} {{ []|batch(2)|list }}
{{ nil|map('upper')|list }} {{ nil|select|list }} {{ ''|selectattr('x')|list }} {{ []|map('nofilter')|list }} {{ missing|map(attribute='x')|list }}
{{ 5|map('upper')|list }}
{{ people|map(attribute='tags.0', default='-')|list }} {{ people|map(attribute='age', default=none)|list }}
{{ people|map(attribute='tags.0')|list }}
{{ ' 0x1A '|int(0, 16) }} {{ '0x1A'|int }} {{ '1_000'|int }} {{ '1__0'|int }} {{ '0b11'|int(0, 0) }} {{ '+5'|int }} {{ '1e3'|int }} {{ 'inf'|int }} {{ ' 2.5e1 '|float }} {{ '0x1p3'|float }} {{ '1_0.5'|float }} {{ 'infinity'|float }} {{ nil|int }} {{ l|float(1.5) }}
{{ missing|int }}
{{ missing|float }}
{{ 25|round(-1) }} {{ 15|round(-1) }} {{ 2.675|round(2) }} {{ 0.5|round }} {{ 1e16|round(2) }} {{ -0.5|round(0, 'ceil') }} {{ 7|round(1, 'floor') }} {{ 1234.5|round(-2) }} {{ 2.5 is odd }} {{ 4.0 is even }} {{ 9.0 is divisibleby(3) }} {{ 1e22|int }}
{{ 5|indent }}
{{ nil|indent }}
{{ html|e }} {{ html|e|e }} {{ html|e|forceescape }} {{ [html|e] }} {{ (html|e) + '<b>' }} {{ '<b>' + (html|safe) }} {{ '<b>' ~ (html|safe) }} {{ ('<i>'|safe) * 2 + '<' }} {{ (html|safe)[:2] + '<' }} {{ html|safe is escaped }} {{ ('a'|safe).join(['<', '>'|safe]) }} {{ ('a.b'|safe).split('.')[0] + '&' }} {{ ('a'|safe).replace('a', '<') }} {{ ('ab'|safe|upper) + '<' }} {{ ('ab'|safe|title) + '<' }} {{ 'x <y>'|e|truncate(4) }} {{ (l|tojson|safe) + '<' }}
{{ missing is callable }} {{ l is callable }} {{ missing is iterable }} {{ l|select is iterable }} {{ l|select is sequence }} {{ dict is callable }}
{{ '%e|%.3E|%g|%G|%o|%#x|%+d|% d|%.3d|%-6d|%06.2f' % (12345.678, 0.00012, 1e20, 1e-7, 8, 255, 5, 5, 7, 3, -2.5) }} {{ '%5s|%-5s|%.2s' % ('ab', 'cd', 'efg') }} {{ 'abc' % [1] }} {{ '%s' % missing }} {{ '%05s' % 3 }}
{{ '%x' % 2.5 }}
{{ '%d' % 'a' }}
{{ '{:>5}|{:<5}|{:^5}|{:*^7}|{:05d}|{:+.1f}|{:,}|{:,.2f}|{:x}|{:#o}|{:.1%}|{:e}|{:.3}'.format('a', 'b', 'c', 'd', 42, 2.55, 1234567, 1234.5, 255, 8, 0.256, 12345.678, 'abcdef') }} {{ '{!r} {!s}'.format('q', 'q') }} {{ '{0} {0!r}'.format(l) }} {{ '{:>8}'.format(2.5) }} {{ '{:5}|{:5}'.format(yes, 'x') }}
{{ '{} {0}'.format(1) }}
{{ 'a}'.format() }}
{{ '{:d}'.format('x') }}
{{ '{:>5}'.format(nil) }}
{{ {(1, 2): 3}|tojson }}
{{ {10: 1, 9: 2}|tojson(sort_keys=true) }} {{ {'b': 1, 'a': {'d': 1, 'c': 2}}|tojson(sort_keys=true, indent=1) }} {{ {2.5: 1}|tojson }} {{ l|tojson(separators=',:') }}
{{ {1: 1, 'a': 2}|tojson(sort_keys=true) }}
{{ l|map('string')|tojson }}
{{ range(2)|tojson }}
{% set ns = namespace(n=0) %}{% for i in l if ns.n < 2 %}{% set ns.n = ns.n + 1 %}{{ i }}{% endfor %} {% for i in l if ns.n < 3 %}{{ loop.last }}{% set ns.n = ns.n + 1 %}{% endfor %}
{% for i in l %}{% continue %}{% else %}none{% endfor %} {% for i in l %}{% break %}{% else %}none{% endfor %} {% for i in l %}{% if i == 1 %}{% break %}{% endif %}{% else %}none{% endfor %}
{% for i in l|select %}{{ loop.length }}{{ loop.revindex }}{{ loop.nextitem }}{% endfor %} {% for i in d.a.items() %}{{ loop.length }}{% endfor %} {% for c in 'ab' %}{{ loop.previtem }}{{ c }}{% endfor %}
{% for i in l %}[{{ s }}]{% endfor %}{% set s = 'own' %}{{ s }}
{% macro m() %}[{{ s }}]{% endmacro %}{{ m() }}{% set s = 'own' %}{{ m() }}
{% if s %}{% endif %}{% macro m() %}[{{ s }}]{% endmacro %}{{ m() }}{% set s = 'own' %}{{ m() }}
{% for i in l %}{% if i == 1 %}{% set s = i %}{% endif %}{{ s }};{% endfor %} {% for i in l %}{{ u }}{% set u = i %}{{ u }};{% endfor %}
{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{{ c.reset() }}{{ c.next() }}
{{ 'straße ŉ ΣΑΣ'.casefold() }} {{ "\é \日 \-" }} {{ 'ab'|list|last }} {{ d|last }} {{ d.items()|last }}
{{ l|select|last }}
{{ l|select }}
{{ s.upper }}
{%+ raw +%}{% endraw %}
""".strip("\n")


def expressions():
    compiled, results = {}, []
    # A template spans lines where it is indented or follows a line that ends in an open tag.
    blocks = [
        "  {% if yes %}\n    indented\n  {% endif %}\n  {{ n }}\n\t{%- if yes -%}   tight   {%- endif -%}\n  end {%+ if yes %} kept {% endif +%}\n after",
        "{% for i in l -%}\n  {{ i }}\n{%- endfor %}", "\n\n{{ n }}\n\n", "{{ n }}\r\nx\ry\n", "a\n  {# c #}\nb\n  {%- set q = 1 %}\n c",
        "{% set body %}  text {{ n }}\nmore{% endset %}[{{ body }}]", '{{ "multi\nline" }}', "{% if yes %}\n\n  x\n{% endif %}\n\ny", "  {{ n }}  {% if yes %}  {% endif %}  \n  {% raw %}\n r {% endraw %}\n",
    ]
    for source in EXPRESSIONS.split("\n") + blocks:
        # Only what stands alone on a line and is whole is a template of its own.
        try:
            template = chat_template_utils._compile_jinja_template(source)
            text = template.render(**VARIABLES)
            # What writes the address of an object is never the same twice.
            if re.search(r" at 0x[0-9a-f]+", text):
                raise ValueError("writes an address")
        except Exception as error:  # noqa: BLE001
            results.append({"source": source, "text": None, "error": f"{type(error).__name__}: {error}"})
            continue
        results.append({"source": source, "text": text})
    return results


WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "The weather in a \"place\" <now>.",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "Town & country"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}, "days": {"type": "integer", "default": 1}},
        "required": ["place"]}}}
CLOCK = {"type": "function", "function": {"name": "clock", "description": "The time.",
                                          "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "abcdefghi", "type": "function", "function": {"name": "weather", "arguments": {"place": "Zürich", "days": 2, "x": 1.5}}}


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


CONVERSATIONS = {
    "question": dict(messages=[turn("user", "Hello there.")]),
    "answered": dict(messages=[turn("user", "Hi"), turn("assistant", "Hello! How are you?")]),
    "system": dict(messages=[turn("system", "Be brief."), turn("user", "Name a colour."), turn("assistant", "Blue.")]),
    "long": dict(messages=[turn("system", "  You are\na pirate.  "), turn("user", "One?"), turn("assistant", " Two. "),
                           turn("user", "Three?\n"), turn("assistant", "Four."), turn("user", "Five?")]),
    "unicode": dict(messages=[turn("user", "你好，世界 👩‍🚀 naïve “q” \u00a0"), turn("assistant", "مرحبا\n\n```py\nprint('x')\n```")]),
    "empty": dict(messages=[turn("user", ""), turn("assistant", "")]),
    "odd order": dict(messages=[turn("assistant", "I begin."), turn("user", "Oh."), turn("user", "Twice.")]),
    "special": dict(messages=[turn("user", "say <|im_end|> </s> [/INST] <|eot_id|> <end_of_turn>"), turn("assistant", "<|im_start|>no")]),
    "tools": dict(messages=[turn("system", "Use tools."), turn("user", "Weather?")], tools=[WEATHER, CLOCK]),
    "calls": dict(messages=[turn("user", "Weather in Zürich?"), turn("assistant", None, tool_calls=[CALL]),
                            turn("tool", "{\"t\": 21}", name="weather", tool_call_id="abcdefghi"),
                            turn("assistant", "It is 21 °C."), turn("user", "Thanks")], tools=[WEATHER]),
    "two calls": dict(messages=[turn("user", "Both?"), turn("assistant", "Let me see.", tool_calls=[CALL, dict(CALL, id="bbbbbbbbb")]),
                                turn("tool", "1", tool_call_id="abcdefghi", name="weather"), turn("tool", "2", tool_call_id="bbbbbbbbb", name="weather")],
                      tools=[WEATHER, CLOCK]),
    "reasoning": dict(messages=[turn("user", "2+2?"), turn("assistant", "<think>\nEasy.\n</think>\n\n4"), turn("user", "3+3?"),
                                turn("assistant", "6", reasoning_content="Also easy.")]),
    "parts": dict(messages=[turn("user", [{"type": "text", "text": "Look: "}, {"type": "text", "text": "here."}]), turn("assistant", "I see.")]),
    "no messages": dict(messages=[]),
}

TEMPLATES = {}


def template(name, source, **variables):
    TEMPLATES[name] = (source, {"bos_token": "<s>", "eos_token": "</s>", **variables})


template("llama-2 manner", r"""{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must take turns.') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""")
template("llama-3 manner", r"""{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}""", bos_token="<|begin_of_text|>", eos_token="<|eot_id|>")
template("llama-3.1 manner", r"""{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{#- The system message is taken apart. #}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\n" }}
{%- endif %}
{{- "Today: " + date_string + "\n\n" }}
{%- if tools is not none %}
    {{- "Functions:\n\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\n\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One tool call at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' -}}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\n\n" }}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
""", bos_token="<|begin_of_text|>", eos_token="<|eot_id|>")
template("mistral v1 manner", r"""{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant.') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% else %}{{ raise_exception('Only user and assistant speak.') }}{% endif %}{% endfor %}""")
template("mistral v3 manner", r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the system message, roles alternate.") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- else %}
                    {{- "]" }}
                {%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[TOOL_CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("Tool call IDs have nine letters!") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS] {"content": ' + content|string + ", " }}
        {{- '"call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- raise_exception("An unknown role speaks!") }}
    {%- endif %}
{%- endfor %}
""")
template("qwen-2.5 manner", r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are Qwen.' }}
    {%- endif %}
    {{- "\n\n# Tools\n\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools>\n\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call><|im_end|>\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nYou are Qwen.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\n<tool_call>\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\n<tool_response>\n' }}
        {{- message.content }}
        {{- '\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
""", bos_token=None, eos_token="<|im_end|>")
template("qwen-3 manner", r"""{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + '\n</think>\n\n' + content.lstrip('\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}
                    {{- '\n' }}
                {%- endif %}
                {%- if tool_call.function %}
                    {%- set tool_call = tool_call.function %}
                {%- endif %}
                {{- '<tool_call>\n{"name": "' + tool_call.name + '", "arguments": ' }}
                {%- if tool_call.arguments is string %}
                    {{- tool_call.arguments }}
                {%- else %}
                    {{- tool_call.arguments | tojson }}
                {%- endif %}
                {{- '}\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\n' }}
    {%- elif message.role == "tool" %}
        {{- '<|im_start|>user\n<tool_response>\n' + content + '\n</tool_response><|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}""", bos_token=None, eos_token="<|im_end|>")
template("gemma manner", r"""{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}""", bos_token="<bos>", eos_token="<eos>")
template("gemma-3 manner", r"""{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '

' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '

' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate") }}
    {%- endif -%}
    {%- set role = "model" if message['role'] == 'assistant' else message['role'] -%}
    {{ '<start_of_turn>' + role + '
' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>
' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model
'}}
{%- endif -%}
""", bos_token="<bos>", eos_token="<eos>")
template("phi-3 manner", r"""{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'user' %}{{'<|user|>
' + message['content'] + '<|end|>
'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>
' + message['content'] + '<|end|>
'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>
' }}{% else %}{{ eos_token }}{% endif %}""", eos_token="<|endoftext|>")
template("phi-4-mini manner", r"""{% for message in messages %}{% if message['role'] == 'system' and tools is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + tools|tojson + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}""", eos_token="<|endoftext|>")
template("chatml manner", r"""{% for message in messages %}{{'<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}""", eos_token="<|im_end|>")
template("chatml with generation", r"""{%- for message in messages %}
{%- if message.role == 'assistant' %}
{{- '<|im_start|>assistant\n' }}
{%- generation %}
{{- message.content }}<|im_end|>
{%- endgeneration %}

{% else %}
{{- '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""", eos_token="<|im_end|>")
template("zephyr manner", r"""{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}""")
template("deepseek-r1 manner", r"""{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}{{'<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>' + tool['type'] + '<｜tool▁sep｜>' + tool['function']['name'] + '\n' + '```json' + '\n' + tool['function']['arguments']|tojson + '\n' + '```' + '<｜tool▁call▁end｜>'}}{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}{%- if ns.is_tool %}{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}{%- set ns.is_tool = false -%}{%- else %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.is_output_first %}{{'<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>' + message['content'] + '<｜tool▁output▁end｜>'}}{%- set ns.is_output_first = false %}{%- else %}{{'\n<｜tool▁output▁begin｜>' + message['content'] + '<｜tool▁output▁end｜>'}}{%- endif %}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<｜tool▁outputs▁end｜>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\n'}}{% endif %}""", bos_token="<｜begin▁of▁sentence｜>", eos_token="<｜end▁of▁sentence｜>")
template("command-r manner", r"""{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% elif false == true %}{% set loop_messages = messages %}{% set system_message = 'unused' %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% if system_message != false %}{{ '<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>' + system_message + '<|END_OF_TURN_TOKEN|>' }}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% set content = message['content'] %}{% if message['role'] == 'user' %}{{ '<|START_OF_TURN_TOKEN|><|USER_TOKEN|>' + content.strip() + '<|END_OF_TURN_TOKEN|>' }}{% elif message['role'] == 'assistant' %}{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'  + content.strip() + '<|END_OF_TURN_TOKEN|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' }}{% endif %}""", bos_token="<BOS_TOKEN>", eos_token="<|END_OF_TURN_TOKEN|>")
template("command-r tools manner", r"""
{%- macro json_to_python_type(json_spec) %}
{%- set basic_type_map = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool"
} %}
{%- if basic_type_map[json_spec.type] is defined %}
    {{- basic_type_map[json_spec.type] }}
{%- elif json_spec.type == "array" %}
    {{- "List[" +  json_to_python_type(json_spec.items) + "]"}}
{%- elif json_spec.type is iterable and json_spec.type is not string %}
    {{- "Union[" }}
    {%- for t in json_spec.type %}
      {{- json_to_python_type({"type": t}) }}
      {%- if not loop.last %}
        {{- "," }}
    {%- endif %}
    {%- endfor %}
    {{- "]" }}
{%- else %}
    {{- "Any" }}
{%- endif %}
{%- endmacro %}
{{- bos_token }}
{%- for tool in tools or [] %}
{%- if tool.function is defined %}{% set tool = tool.function %}{% endif %}
{{ loop.index }}. {{ tool.name }}({% for param_name, param in tool.parameters.properties.items() %}{{ ', ' if not loop.first }}{{ param_name }}: {% if not param_name in tool.parameters.required %}{{ 'Optional[' + json_to_python_type(param) + '] = None' }}{% else %}{{ json_to_python_type(param) }}{% endif %}{% endfor %})
{%- endfor %}
{%- for message in messages %}
    {%- if message.role|lower == 'tool' %}
        {{- '\n<results>\n' ~ message['content'] }}
        {%- for k, v in (message|items) if k not in ['role', 'content'] %}
            {{- '\n' ~ k ~ ': ' ~ v }}
        {%- endfor %}
        {{- '\n</results>' }}
    {%- else %}
        {{- '\n' ~ message.role|upper ~ ': ' ~ (message.content or '')|trim }}
        {%- if message.tool_calls %}{{ '\nAction: ' ~ message.tool_calls|map(attribute='function')|list|tojson(indent=4) }}{% endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '\nCHATBOT:' }}{% endif %}
""", bos_token="<BOS_TOKEN>")
template("granite manner", r"""{%- if tools %}
    {{- '<|start_of_role|>available_tools<|end_of_role|>
' }}
    {%- for tool in tools %}
    {{- tool | tojson(indent=4) }}
    {%- if not loop.last %}
        {{- '

' }}
    {%- endif %}
    {%- endfor %}
    {{- '<|end_of_text|>
' }}
{%- endif %}
{%- for message in messages %}
    {%- if message['role'] == 'system' %}
    {{- '<|start_of_role|>system<|end_of_role|>' + message['content'] + '<|end_of_text|>
' }}
    {%- elif message['role'] == 'user' %}
    {{- '<|start_of_role|>user<|end_of_role|>' + message['content'] + '<|end_of_text|>
' }}
    {%- elif message['role'] == 'assistant' %}
    {{- '<|start_of_role|>assistant<|end_of_role|>'  + message['content'] + '<|end_of_text|>
' }}
    {%- elif message['role'] == 'tool' %}
    {{- '<|start_of_role|>tool_response<|end_of_role|>'  + message['content'] + '<|end_of_text|>
' }}
    {%- endif %}
    {%- if loop.last and add_generation_prompt %}
    {{- '<|start_of_role|>assistant<|end_of_role|>' }}
    {%- endif %}
{%- endfor %}""", bos_token="<|end_of_text|>", eos_token="<|end_of_text|>")
template("smollm manner", r"""{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
You are a helpful AI assistant named SmolLM<|im_end|>
' }}{% endif %}{{'<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}""", bos_token="<|im_start|>", eos_token="<|im_end|>")
template("olmo manner", r"""{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}{{ '<|system|>
' + message['content'] + '
' }}{% elif message['role'] == 'user' %}{{ '<|user|>
' + message['content'] + '
' }}{% elif message['role'] == 'assistant' %}{% if not loop.last %}{{ '<|assistant|>
'  + message['content'] + eos_token + '
' }}{% else %}{{ '<|assistant|>
'  + message['content'] + eos_token }}{% endif %}{% endif %}{% if loop.last and add_generation_prompt %}{{ '<|assistant|>
' }}{% endif %}{% endfor %}""", bos_token="<|endoftext|>", eos_token="<|endoftext|>")
template("falcon manner", r"""{% for message in messages %}{% if not loop.first %}{{ '\n' }}{% endif %}{% if message['role'] == 'system' %}{{ 'System: ' }}{% elif message['role'] == 'user' %}{{ 'User: ' }}{% elif message['role'] == 'assistant' %}{{ 'Falcon: ' }}{% endif %}{{ message['content'] }}{% endfor %}{% if add_generation_prompt %}{{ '\n' + 'Falcon:' }}{% endif %}""", eos_token="<|endoftext|>")
template("vicuna manner", r"""{% if messages[0]['role'] == 'system' %}{% set system_message = messages[0]['content'] | trim + ' ' %}{% set messages = messages[1:] %}{% else %}{% set system_message = '' %}{% endif %}{{ bos_token + system_message }}{% for message in messages %}{% if message['role'] == 'user' %}{{ 'USER: ' + message['content'] | trim + ' ' }}{% elif message['role'] == 'assistant' %}{{ 'ASSISTANT: ' + message['content'] | trim + eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}""")
template("typescript manner", r"""{%- macro render_type(spec, nullable=false, depth=0) -%}
    {%- if spec.type == "array" -%}
        {{- render_type(spec['items']) + "[]" }}
    {%- elif spec.type == "string" -%}
        {%- if spec.enum -%}
            {{- '"' + spec.enum|join('" | "') + '"' -}}
        {%- else -%}
            {{- "string" }}
        {%- endif -%}
    {%- elif spec.type in ["number", "integer"] -%}
        {{- "number" }}
    {%- elif spec.type == "object" and spec.properties -%}
        {{- "{\n" }}
        {%- for name, inner in spec.properties.items() -%}
            {%- if inner.description %}{{ "// " ~ inner.description ~ "\n" }}{% endif -%}
            {{- name ~ ("?" if name not in (spec.required or [])) ~ ": " ~ render_type(inner, depth=depth + 1) }}
            {%- if inner.default is defined -%}{{ ", // default: " ~ (inner.default if inner.default is string else inner.default|tojson) }}{%- endif -%}
            {{- ",\n" if not loop.last else "\n" }}
        {%- endfor -%}
        {{- "}" }}
    {%- else -%}
        {{- "any" }}
    {%- endif -%}
    {{- " | null" if nullable }}
{%- endmacro -%}
{%- for tool in tools or [] %}
{{- "type " + tool.function.name + " = (_: " + render_type(tool.function.parameters, nullable=loop.first) + ") => any;\n" }}
{%- endfor -%}
{%- for message in messages -%}
<|start|>{{ message.role }}{{ '<|channel|>analysis' if message.thinking }}<|message|>{{ message.thinking ~ '|' if message.thinking }}{{ message.content if message.content is string else message.content|tojson }}<|end|>
{%- endfor -%}
{{- "<|start|>assistant" if add_generation_prompt -}}""")
template("glm-4 manner", r"""[gMASK]<sop>{%- if tools is not none -%}<|system|>
# tools
{%- for tool in tools -%}
{%- set function = tool.function if tool.get("function") else tool %}

## {{ function.name }}

{{ function | tojson(indent=4, ensure_ascii=False) }}
{%- endfor %}
{%- endif %}{%- for msg in messages %}{%- if msg.role == 'system' %}<|system|>
{{ msg.content }}{%- endif %}{%- endfor %}{%- for message in messages if message.role != 'system' %}{%- set role = message['role'] %}{%- set content = message['content'] if message['content'] is string else '' %}{%- set ns = namespace(parts=content.split('</think>')) %}{%- if role == 'user' %}<|user|>
{{ content }}{%- elif role == 'assistant' %}<|assistant|>
{{ ns.parts[-1].strip() }}{%- for tc in message.tool_calls or [] %}{{ tc.function.name }}
{{ tc.function.arguments|tojson }}{%- endfor %}{%- elif role == 'tool' %}<|observation|>
{{ content }}{%- endif %}{%- endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}""")


def named():
    text = NAMED.read_text()
    sources = dict(re.findall(r'static let (\w+) = #"""\n(.*?)\n    """#', text, re.S))
    for name, variable in re.findall(r'\("([\w.-]+)", (\w+)\)', text):
        source = "\n".join(line.removeprefix("    ") for line in sources[variable].split("\n"))
        template(f"named {name}", source)


def messages(conversation):
    # As apply_chat_template hands them on.
    return [{key: value for key, value in message.items() if value is not None} for message in conversation["messages"]]


def reference(source, conversation, variables, **options):
    given = {key: value for key, value in variables.items() if value is not None}
    try:
        rendered, _ = chat_template_utils.render_jinja_template(
            [messages(conversation)], tools=conversation.get("tools"), chat_template=source, **options, **given)
        return rendered[0]
    except Exception:  # noqa: BLE001
        return None


def mask(source, conversation, variables):
    if "generation %}" not in source:
        return None
    given = {key: value for key, value in variables.items() if value is not None}
    try:
        _, spans = chat_template_utils.render_jinja_template(
            [messages(conversation)], chat_template=source, return_assistant_tokens_mask=True, **given)
        return spans[0]
    except Exception:  # noqa: BLE001
        return None


TOKENIZED = [  # tokenizer of ../shared/golden, template, bos and eos
    ("llama3", "llama-3 manner", "<|begin_of_text|>", "<|eot_id|>"),
    ("llama3", "llama-3.1 manner", "<|begin_of_text|>", "<|eot_id|>"),
    ("qwen2like", "chatml with generation", None, "<|im_end|>"),
    ("qwen2like", "qwen-3 manner", None, "<|im_end|>"),
    ("phi-3", "phi-3 manner", "<s>", "<|endoftext|>"),
    ("llama2", "llama-2 manner", "<s>", "</s>"),
    ("llama2", "mistral v3 manner", "<s>", "</s>"),
    ("llama2", "named vicuna", "<s>", "</s>"),
]


def tokenized():
    golden = ROOT.parent / "shared/golden/tokenizers"
    for file, name, bos, eos in TOKENIZED:
        inner = tokenizers.Tokenizer.from_str(
            gzip.decompress((golden / f"{file}.tokenizer.json.gz").read_bytes()).decode())
        tokenizer = transformers.PreTrainedTokenizerFast(
            tokenizer_object=inner, bos_token=bos, eos_token=eos, chat_template=TEMPLATES[name][0])
        cases = []
        for key, conversation in CONVERSATIONS.items():
            def ids(**options):
                try:
                    return tokenizer.apply_chat_template(
                        conversation["messages"], tools=conversation.get("tools"), return_dict=False, **options)
                except Exception:  # noqa: BLE001
                    return None
            # Control tokens in messages are text; elsewhere the ids are those of the plain call.
            case = {"conversation": key, "ids": ids(sanitize_control_tokens=True),
                    "prompt": ids(sanitize_control_tokens=True, add_generation_prompt=True)}
            assert key == "special" or case["ids"] == ids(), (file, name, key)
            cases.append(case)
        yield {"tokenizer": file, "template": name, "bos_token": bos, "eos_token": eos, "cases": cases}


HEAD = "{%- for m in messages %}{%- if m.role == 'assistant' %}"
OTHERS = "{%- else %}{{- '<|im_start|>' ~ m.role ~ '\\n' ~ m.content ~ '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
TAIL = OTHERS + "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
MARK, END = "{%- generation %}", "{%- endgeneration %}"
MARKED = {  # what templates put into their blocks: an answer alone, its end, the line break behind, the header, …
    "answer": HEAD + "{{- '<|im_start|>assistant\\n' }}" + MARK + "{{- m.content }}" + END + "{{- '<|im_end|>\\n' }}" + TAIL,
    "end": HEAD + "{{- '<|im_start|>assistant\\n' }}" + MARK + "{{- m.content ~ '<|im_end|>' }}" + END + "{{- '\\n' }}" + TAIL,
    "break": HEAD + "{{- '<|im_start|>assistant\\n' }}" + MARK + "{{- m.content ~ '<|im_end|>\\n' }}" + END + TAIL,
    "header": HEAD + MARK + "{{- '<|im_start|>assistant\\n' ~ m.content ~ '<|im_end|>\\n' }}" + END + TAIL,
    "part of the header": HEAD + "{{- '<|im_start|>assistant' }}" + MARK + "{{- '\\n' ~ m.content ~ '<|im_end|>' }}" + END
    + "{{- '\\n' }}" + TAIL,
    "two blocks": HEAD + "{{- '<|im_start|>assistant\\n' }}" + MARK + "{{- m.content }}" + END + "{{- ' -- ' }}" + MARK
    + "{{- 'x<|im_end|>' }}" + END + "{{- '\\n' }}" + TAIL,
    "the last turn alone": HEAD + "{{- '<|im_start|>assistant\\n' }}{%- if loop.last %}" + MARK + "{{- m.content ~ '<|im_end|>' }}" + END
    + "{%- else %}{{- m.content ~ '<|im_end|>\\n' }}{%- endif %}" + TAIL,
    # The prompt opens a thought that answers of the past lack.
    "a prompt with a thought": HEAD + "{{- '<|im_start|>assistant\\n' }}" + MARK + "{{- m.content | trim ~ '<|im_end|>' }}" + END
    + "{{- '\\n' }}" + OTHERS + "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}",
    # What a tool answers stands behind the name that the call before it gave.
    "calls": "{%- set last = namespace(name='') %}" + HEAD + "{{- '<|im_start|>assistant' }}" + MARK
    + "{%- for call in m.tool_calls or [] %}{%- set last.name = call.function.name %}"
    + "{{- ' to=' ~ last.name ~ '\\n' ~ call.function.arguments | tojson }}{%- endfor %}"
    + "{{- '\\n' ~ m.content ~ '<|im_end|>' }}" + END + "{{- '\\n' }}"
    + "{%- elif m.role == 'tool' %}{{- '<|im_start|>' ~ last.name ~ '\\n' ~ m.content ~ '<|im_end|>\\n' }}"
    + OTHERS + "{%- if add_generation_prompt %}{{- '<|im_start|>assistant' }}{%- endif %}",
}
DEFINED = ["answer", "end", "a prompt with a thought", "calls"]  # Without blocks, these mean what they mark.
WEATHER = [{"type": "function", "function": {"name": "weather", "arguments": {"place": "Zürich"}}}]
TALKS = [
    [turn("user", "Hi there"), turn("assistant", "Hello!")],
    [turn("system", "Be brief."), turn("user", "One?"), turn("assistant", "Two, three."), turn("user", "Four?"), turn("assistant", "Five.")],
    [turn("user", "Hi"), turn("assistant", "  spaced  "), turn("user", "x"), turn("assistant", " y\n\n")],
    [turn("user", "Hello"), turn("assistant", "Hello"), turn("user", "Hello"), turn("assistant", "Hello")],
    [turn("assistant", "Welcome"), turn("user", "Hi"), turn("assistant", "Bye")],
    [turn("user", "Hi"), turn("assistant", "a"), turn("assistant", "b"), turn("user", "你好 🙂"), turn("assistant", "naïve 日本")],
    [turn("user", "Hi"), turn("assistant", ""), turn("user", "x"), turn("assistant", "\n")],
    [turn("user", "assistant\nHi"), turn("assistant", "user\nassistant\n"), turn("user", ""), turn("assistant", "")],
]


def masks():
    golden = ROOT.parent / "shared/golden/tokenizers/qwen2like.tokenizer.json.gz"
    inner = tokenizers.Tokenizer.from_str(gzip.decompress(golden.read_bytes()).decode())
    call = [turn("user", "Hi"), turn("assistant", "", tool_calls=WEATHER), turn("tool", "21 °C"), turn("assistant", "Warm.")]

    def encoded(source, talk):
        tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", chat_template=source)
        return tokenizer.apply_chat_template(talk, return_dict=True, return_assistant_tokens_mask=True)

    for name, source in MARKED.items():
        cases = []
        # An empty answer and its end are learned even where no block shows it: nothing else could say so.
        for talk in [call] if name == "calls" else TALKS[:6] if name == "the last turn alone" else TALKS:
            # The token that ends an answer is learned in any case.
            given = encoded(MARKED["end"] if name == "answer" else source, talk)
            cases.append({"messages": talk, "ids": encoded(source, talk)["input_ids"], "learned": given["assistant_masks"]})
        unmarked = source.replace(MARK, "").replace(END, "") if name in DEFINED else None
        yield {"marks": name, "template": source, "unmarked": unmarked, "cases": cases}


def main():
    named()
    versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__}
    OUT.mkdir(parents=True, exist_ok=True)

    def write(name, value):
        (OUT / name).write_text(json.dumps({"versions": versions, **value}, ensure_ascii=False, indent=1) + "\n")

    write("expressions.json", {"variables": VARIABLES, "templates": expressions()})
    results = []
    for name, (source, variables) in TEMPLATES.items():
        cases = []
        for key, conversation in CONVERSATIONS.items():
            cases.append({
                "conversation": key, "plain": reference(source, conversation, variables),
                "prompt": reference(source, conversation, variables, add_generation_prompt=True),
                "continued": reference(source, conversation, variables, continue_final_message=True),
                "generated": mask(source, conversation, variables),
            })
        results.append({"name": name, "source": source, "variables": {k: v for k, v in variables.items() if v is not None},
                        "cases": cases})
    write("templates.json", {"conversations": CONVERSATIONS, "templates": results})
    (OUT / "tokens.json").write_text(json.dumps({"versions": versions, "sets": list(tokenized())}) + "\n")
    (OUT / "masks.json").write_text(json.dumps({"versions": versions, "sets": list(masks())}, ensure_ascii=False) + "\n")
    counts = [case[key] is not None for result in results for case in result["cases"] for key in ("plain", "prompt", "continued")]
    print(f"{len(results)} templates, {len(counts)} renderings, {sum(counts)} of them texts")


main()
