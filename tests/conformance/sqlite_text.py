"""Postgres texts of dbt's base classes in SQLite's words.

The base classes prepare their tables with Postgres' casts, typed literals and intervals. What SQLite has another word for is
translated here, so that a subclass need not repeat a whole fixture for one word. What SQLite cannot express at all is not hidden:
it stays as it is and fails.
"""
import re
import sqlite3

_CAST = re.compile(r"::\s*[a-z_]+( precision| with(out)? time zone)?(\(\d+(, ?\d+)?\))?(\[\])?", re.IGNORECASE)
_TYPED_LITERAL = re.compile(r"\b(?:timestamptz|timestamp|date)\s+'([^']*?)(?:[-+]0+)?'", re.IGNORECASE)
_INTERVAL = re.compile(r"([\w.]+)\s*\+\s*interval\s+'(\d+) (\w+)'", re.IGNORECASE)
_LEFT = re.compile(r"\bleft\((\w+), (\d+)\)", re.IGNORECASE)
_MD5 = re.compile(r"\bmd5\((.*)\)(?=\s+as\b)", re.IGNORECASE)
_CAST_AS_DATE = re.compile(r"\bcast\((.+?) as date\)", re.IGNORECASE)
_ALIAS_NOTHING = re.compile(r"\bas nothing\b", re.IGNORECASE)  # a keyword of SQLite
_TEMPLATED_DATABASE = re.compile(r"\{\{\s*target\.database\s*\}\}\.|\{database\}\.")


def sqlite_sql(text: str) -> str:
    """One SQL text; a three-part name loses its first part, which SQLite does not have."""
    text = _CAST.sub("", text)
    text = _TYPED_LITERAL.sub(r"'\1'", text)
    text = _INTERVAL.sub(r"datetime(\1, '+\2 \3')", text)
    text = _LEFT.sub(r"substr(\1, 1, \2)", text)
    text = _CAST_AS_DATE.sub(r"date(\1)", text)
    text = _ALIAS_NOTHING.sub("as no_rows", text)
    text = _MD5.sub(r"hex(md5(\1))", text)
    return _TEMPLATED_DATABASE.sub("", text)


def sqlite_files(files: dict) -> dict:
    """The same for a fixture of files: models, snapshots, tests. Properties and seeds are left alone."""
    return {name: sqlite_files(text) if isinstance(text, dict) else sqlite_sql(text) if name.endswith(".sql") else text
            for name, text in files.items()}


def statements(script: str) -> list:
    """The single statements of a script: Python's sqlite3 runs one at a time."""
    found, begun = [], ""
    for piece in re.split(r"(?<=;)", script):
        begun += piece
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return [text for text in found + [begun] if re.sub(r"--[^\n]*", "", text).strip(" \n;")]
