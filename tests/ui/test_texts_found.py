"""Every text is found by the extraction for translators."""

import ast
from pathlib import Path

import pmprb_desktop


def test_no_text_hides_in_an_f_string() -> None:
    for path in Path(pmprb_desktop.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
            names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
            assert not {"_", "ngettext"} & set(names), f"{path.name}:{node.lineno}"
