"""Study files that are wrong, or strange and right: what each says, and a part of the one sentence that refuses it."""

from __future__ import annotations

from typing import NamedTuple

ACCEPTED = "accepted"


class Case(NamedTuple):
    """A study file, and what is expected of it."""

    text: bytes
    expected: str
    """A part of the message, or `ACCEPTED`."""


def _study(more: str, variant: str = "", params: str = "") -> bytes:
    """Return a study of PCA on digits with more lines at its top, in its variant, or among its parameters."""
    lines = ['dataset = "digits"', "seeds = 1", more, "[variants.p]", 'reducer = "pca"', variant]
    return "\n".join([*lines, f"params = {params}" if params else ""]).encode()


def _seeds(value: str) -> bytes:
    return f'dataset = "digits"\nseeds = {value}\n[variants.p]\nreducer = "pca"\n'.encode()


def _two(first: str, second: str, key: str = "p-20") -> bytes:
    """Return a study of two variants, of which the first stands for others."""
    head = f'dataset = "digits"\n[variants.p]\nreducer = "pca"\n{first}\n'
    return f'{head}[variants."{key}"]\nreducer = "pca"\n{second}\n'.encode()


def _long(letter: str, count: int) -> str:
    return letter * count


STUDIES: dict[str, Case] = {
    # No TOML, or no text.
    "empty": Case(b"", "Got no dataset"),
    "no toml": Case(b"seeds = = 2", "is no TOML"),
    "half a file": Case(b'dataset = "digits"\n[variants.p', "is no TOML"),
    "not UTF-8": Case(b'dataset = "dig\xffits"', "cannot be read as UTF-8"),
    "UTF-16": Case('dataset = "digits"'.encode("utf-16"), "cannot be read as UTF-8"),
    "NUL": Case(b'dataset = "digits"\0', "is no TOML"),
    "a pickle": Case(b"\x80\x04\x95\x10", "cannot be read as UTF-8"),
    "JSON": Case(b'{"dataset": "digits"}', "is no TOML"),
    "a key twice": Case(_study("seeds = 2"), "is no TOML"),
    "a table twice": Case(_study("", "[variants.p]"), "is no TOML"),
    "3,000 brackets": Case(
        _study("", "", f"{{ svd_solver = {_long('[', 3_000)}{_long(']', 3_000)} }}"), "within each other"
    ),
    "3,000 open brackets": Case(_study(f"n = {_long('[', 3_000)}"), "within each other"),
    "40 brackets": Case(_study("", "", f"{{ svd_solver = {_long('[', 40)}{_long(']', 40)} }}"), "within each other"),
    "10 brackets": Case(
        _study("", "", f"{{ svd_solver = {_long('[', 10)}{_long(']', 10)} }}"), "lists or tables 9 deep"
    ),
    "3,000 dotted keys": Case(_study("", ".".join(["params", *["a"] * 3_000]) + " = 1"), "within each other"),
    "3,000 inline tables": Case(_study("", "", _long("{ a = ", 3_000) + "1" + _long(" }", 3_000)), "within each other"),
    "10,000 digits": Case(_seeds(_long("9", 10_000)), "is no TOML"),
    # Keys that do not exist, tables that are none.
    "unknown key": Case(_study("sedes = 3"), "line 3: Got key 'sedes', but"),
    "unknown key of a variant": Case(_study("", "parms = {}"), "Did you mean 'params'"),
    "unknown key with escapes": Case(_study('"a\\u001b[31m" = 1'), "Got key 'a\\x1b[31m'"),
    "unknown key of a megabyte": Case(_study(f"{_long('k', 10**6)} = 1"), "Got key 'kkk"),
    "a thousand unknown keys": Case(_study("\n".join(f"k{i} = 1" for i in range(1_000))), "990 more"),
    "variants are a list": Case(b'dataset = "digits"\nvariants = [1, 2]', "expected a table"),
    "variants are tables in a list": Case(b'dataset = "digits"\n[[variants]]\nreducer = "pca"', "expected a table"),
    "a variant is a text": Case(b'dataset = "digits"\n[variants]\np = "pca"', "expected"),
    "no variants": Case(b'dataset = "digits"', "Got a study without variants"),
    "a variant of nothing": Case(b'dataset = "digits"\n[variants.p]\nseeded = true', "neither a reducer nor a preset"),
    # Types.
    "seeds as text": Case(_seeds('"3"'), "line 2: Got seeds = '3', but expected a whole number"),
    "seeds as truth": Case(_seeds("true"), "line 2: Got seeds = True, but expected a whole number"),
    "seeds with a point": Case(_seeds("3.0"), "line 2: Got seeds = 3.0, but expected a whole number"),
    "seeds as a list": Case(_seeds("[3]"), "line 2: Got seeds = [3], but expected a whole number"),
    "no seeds": Case(_seeds("0"), "line 2: Got seeds = 0"),
    "fewer than no seeds": Case(_seeds("-1"), "line 2: Got seeds = -1"),
    "infinite seeds": Case(_seeds("inf"), "line 2: Got seeds = inf"),
    "seeds as a date": Case(_seeds("2026-01-01"), "line 2: Got seeds = datetime.date"),
    "rounds as a number": Case(_study("rounds = 1"), "line 3: Got rounds = 1, but expected true or false"),
    "every_reducer as text": Case(_study('every_reducer = "yes"'), "Got every_reducer = 'yes'"),
    "seeded as a number": Case(_study("", "seeded = 0"), "Got seeded = 0, but expected true or false"),
    "a title of numbers": Case(_study("title = 3"), "Got title = 3, but expected a text"),
    "figures as text": Case(_study('figures = "p"'), "Got figures = 'p', but expected a list"),
    "n_each of texts": Case(_study("", 'n_each = ["20"]'), "Got n_each = '20', but expected a whole number"),
    "without_each of numbers": Case(_study("", "without_each = [3]"), "Got without_each = 3, but expected a text"),
    "each without lists": Case(_study("", "each = { n_components = 3 }"), "expected a list"),
    "threads beyond all machines": Case(_study("threads = 1000000"), "Got threads = 1000000"),
    "timeout for ever": Case(_study('timeout = "inf"'), "line 3: Got duration 'inf', but expected one like"),
    "timeout of 400 digits": Case(_study(f'timeout = "{_long("9", 400)}h"'), "but expected one like"),
    "timeout as truth": Case(_study("timeout = true"), "line 3: Got duration 'True'"),
    "memory without a unit": Case(_study("memory = 8"), "line 3: Got size '8'"),
    "memory of 400 digits": Case(_study(f'memory = "{_long("9", 400)}GiB"'), "but expected one like"),
    "memory of nothing": Case(_study('memory = "0.00000001MiB"'), "but expected one like"),
    # How much.
    "10^9 seeds": Case(_seeds("1000000000"), "Got a study of 1,000,000,000 runs, but expected at most 100,000"),
    "10^30 seeds": Case(_seeds("1" + _long("0", 30)), "Got seeds = 1000"),
    "10^9 samples": Case(_study("samples = 1000000000"), "runs, but expected at most 100,000"),
    "n beyond the data": Case(_study("n = 1000000"), "Got n=1000000, but expected at most 1437"),
    "n of a variant beyond the data": Case(_study("", "n = 1438"), "Got n=1438, but expected at most 1437"),
    "n_each beyond the data": Case(_study("", "n_each = [100, 5000]"), "Got n=5000, but expected at most 1437"),
    "n of a variant beyond the study's": Case(_study("n = 100", "n = 200"), "Got n = 200 in variant 'p'"),
    "hardly a point": Case(_study("n = 5"), "expected more than 10"),
    "samples of hardly a point": Case(_study("samples = 1000"), "expected more than 10"),
    # Names and labels.
    "name that climbs": Case(_study('name = "../../escaped"'), "line 3: Got name '../../escaped'"),
    "name that hides": Case(_study('name = ".."'), "line 3: Got name '..'"),
    "name with an escape": Case(_study('name = "a\\u001b[31m"'), "text without control characters"),
    "variant name that climbs": Case(_two("", "", "../p"), "Got variant name '../p'"),
    "variant name with a line": Case(_two("", "", "p\\n"), "Got variant name 'p\\n'"),
    "variant name of 300 letters": Case(_two("", "", _long("p", 300)), "at most 100"),
    "label with an escape": Case(_study("", 'label = "\\u001b[31mred"'), "text without control characters"),
    "label with a line": Case(_study("", 'label = "two\\nlines"'), "text without control characters"),
    "label that turns around": Case(_study("", 'label = "a\\u202eb"'), "text without control characters"),
    "label that is computed": Case(_study("", "label = '=HYPERLINK(\"http://x\")'"), "does not begin with"),
    "label that is computed after a blank": Case(_study("", 'label = " @SUM(1)"'), "does not begin with"),
    "label of wide letters": Case(_study("", 'label = "\uff1d1+1"'), "does not begin with"),
    "blank label": Case(_study("", 'label = "  "'), "expected one that can be seen"),
    "label of a megabyte": Case(_study("", f'label = "{_long("l", 10**6)}"'), "at most 500 characters"),
    "series that is computed": Case(_study("", 'series = "+1"'), "does not begin with"),
    # What is named and does not exist.
    "unknown reducer": Case(_study("").replace(b"pca", b"pcaa"), "Did you mean 'pca'"),
    "reducer with NUL": Case(_study("").replace(b"pca", b"a\\u0000.py:A"), "text without control characters"),
    "reducer file of 5,000 letters": Case(_study("").replace(b"pca", b"p" * 5_000 + b".py:A"), "at most 500"),
    "reducer file of 300 letters": Case(_study("").replace(b"pca", b"p" * 300 + b".py:A"), "there is no"),
    "reducer file that is not there": Case(_study("").replace(b"pca", b"../nope.py:A"), "there is no"),
    "module that is not there": Case(_study("").replace(b"pca", b"..:A"), "there is no"),
    "unknown preset": Case(b'dataset = "digits"\n[variants.p]\npreset = "post9"', "Got preset 'post9'"),
    "unknown dataset": Case(_study("").replace(b"digits", b"digit"), "Did you mean 'digits'"),
    "unknown measure": Case(_study('measures = ["nope"]'), "Got measure 'nope'"),
    "unknown figure": Case(_study('figures = ["q"]'), "Got variant 'q'"),
    "unknown figure among every reducer": Case(_study('figures = ["q"]\nevery_reducer = true'), "Got variant 'q'"),
    "unknown base": Case(_study("", 'of = "q"\naxis = "svd_solver"'), "Got variant 'q'"),
    "unknown class": Case(_study("", 'without = "ten"'), "Got class of digits 'ten'"),
    "unknown parameter": Case(_study("", "", "{ n_component = 3 }"), "Did you mean 'n_components'"),
    "unknown parameter of each": Case(_study("", "each = { svd = [1] }"), "Got parameter of pca 'svd'"),
    # Values.
    "parameter with an escape": Case(_study("", "", '{ "a\\u001b" = 1 }'), "text without control characters"),
    "date as a value": Case(_study("", "", "{ svd_solver = 2026-01-01 }"), "Got datetime.date"),
    "NaN as a value": Case(_study("", "each = { svd_solver = [nan] }"), "Got nan, but expected a number"),
    "20 digits as a value": Case(_study("", "", f"{{ n_components = {_long('9', 20)} }}"), "at most 64 bits"),
    # Two variants of one key.
    "n_each and a variant": Case(_two("n_each = [20]", ""), "key 'p-20', 'p' with n = 20 and 'p-20', but"),
    "n_each twice": Case(_two("n_each = [20, 20]", "", "q"), "'p' with n = 20 and 'p' with n = 20"),
    "each as number and text": Case(_study("", 'each = { n_components = [3, "3"] }'), "n_components = 3 and 'p' with"),
    "n_each and each": Case(_study("", "n_each = [20]\neach = { n_components = [3] }"), "Got n_each and each of one"),
    # Strange and right.
    "byte order mark": Case(b"\xef\xbb\xbf" + _study(""), ACCEPTED),
    "carriage returns": Case(_study("").replace(b"\n", b"\r\n"), ACCEPTED),
    "accents and blanks": Case(_study('title = "Zażółć 数字"', 'label = "PCA, à côté (a/b)"'), ACCEPTED),
    "labels of markup": Case(_study("", 'label = "<b>[bold]$x^2$ & \\\\today"'), ACCEPTED),
    "lists to vary": Case(_study("", "each = { svd_solver = [[64, 32], [[1], [2]], []] }"), ACCEPTED),
    "texts to vary": Case(_study("", 'each = { svd_solver = ["a b", "a/b", "é", "../../x", "", "\\n"] }'), ACCEPTED),
    "truth and numbers to vary": Case(
        _study("", "each = { svd_solver = [true, false, 0.5, -1, 1e-9, inf] }"), ACCEPTED
    ),
    "tables to vary": Case(_study("", "each = { svd_solver = [{ a = 1 }, { a = 2, b = [true] }] }"), ACCEPTED),
    "a text of a megabyte to vary": Case(_study("", f'each = {{ svd_solver = ["{_long("x", 10**6)}"] }}'), ACCEPTED),
    "100,000 runs": Case(_seeds("100000"), ACCEPTED),
    "name with a blank": Case(_study('name = "my first study"'), ACCEPTED),
}
"""Every study file by a name; those that are accepted read back the same from the file they are kept in."""
