"""How a stream of server-sent events stands in the API's description: `itemSchema`, one shape for each event. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]


def stream_of(events: Mapping[str, Schema], description: str) -> Schema:
    """Describe a response that is, when it is streamed, these events: what the JSON in the `data` of each holds, by name."""
    shapes = [_event({"event": {"const": name}}, data) for name, data in events.items()]
    return {"description": description, "content": {"text/event-stream": {"itemSchema": {"oneOf": shapes}}}}


def nameless_stream_of(data: Schema, last: str, description: str) -> Schema:
    """Describe a response that is, when it is streamed, events without a name, and at the end one that holds `last`."""
    shapes = [_event({}, data), {"type": "object", "required": ["data"], "properties": {"data": {"const": last}}}]
    return {"description": description, "content": {"text/event-stream": {"itemSchema": {"anyOf": shapes}}}}


def having(**properties: Schema) -> Schema:
    """Describe an object that has at least these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def ref(model: type) -> Schema:
    """Refer to a model that the description has because a route returns it."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _event(name: Schema, data: Schema) -> Schema:
    held = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {"type": "object", "required": [*name, "data"], "properties": {**name, "data": held}}
