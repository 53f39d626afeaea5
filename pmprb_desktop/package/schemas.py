"""JSON schemas of the payloads, made from the models; the released ones lie in ``resources/``."""

import json
from pathlib import Path
from typing import Final

from pmprb_desktop import paths
from pmprb_desktop.package import v1

FILES: Final[dict[str, type[v1.Payload]]] = {
    "package-1.json": v1.Header,
    "assessment-1.json": v1.Assessment,
    "enrolment-1.json": v1.Enrolment,
    "rotation-1.json": v1.Rotation,
    "trail-row-1.json": v1.TrailRow,
}


def render(name: str) -> bytes:
    """The schema of a file as its model gives it."""
    schema = FILES[name].model_json_schema(mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return (json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def folder() -> Path:
    """Where the released schemas lie."""
    return paths.resources() / "schemas"
