"""The released schemas are those that the models give."""

import json

import pytest

from pmprb_desktop.package import schemas


@pytest.mark.parametrize("name", sorted(schemas.FILES))
def test_schema_is_that_of_the_model(name: str) -> None:
    """A change of a model without a change of its schema, or the other way round, is found."""
    assert (schemas.folder() / name).read_bytes() == schemas.render(name)


@pytest.mark.parametrize("name", sorted(schemas.FILES))
def test_schema_refuses_unknown_members(name: str) -> None:
    """Every object of a schema is closed, except maps of inputs."""
    schema = json.loads(schemas.render(name))
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
