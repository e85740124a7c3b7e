"""JSON Schemas of everything that crosses the wire, under the names all documents use.

A frame `Send` is `SendFrame` and a body `Text` is `TextBody`: in a browser the bare names
mean something else already.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import msgspec

from chat_server.domain import bodies
from chat_server.domain.message import Place
from chat_server.transport.http import (
    account_shapes,
    article_shapes,
    bank_shapes,
    campaign_shapes,
    contact_shapes,
    desk_shapes,
    gift_shapes,
    group_shapes,
    learning_shapes,
    notifying_shapes,
    partner_shapes,
    recommender_shapes,
    shapes,
)
from chat_server.wire import frames, own_frames

Schema = dict[str, Any]  # a JSON Schema is any JSON
Struct = type[msgspec.Struct]

CLIENT_FRAMES: tuple[Struct, ...] = get_args(frames.ClientFrame)
SERVER_FRAMES: tuple[Struct, ...] = get_args(frames.ServerFrame)
BODIES: tuple[Struct, ...] = get_args(bodies.Body)
CLIENT_BODIES: tuple[Struct, ...] = get_args(bodies.ClientBody)
PARTS: tuple[Struct, ...] = (
    frames.Limits,
    frames.Mark,
    frames.ConversationItem,
    frames.ReactionCount,
    frames.StarItem,
    own_frames.DraftText,
    bodies.ArticleItem,
    bodies.About,
    bodies.Origin,
    bodies.Pressed,
    bodies.NoticeField,
    Place,
)
SHAPES: tuple[Struct, ...] = tuple(
    shape
    for module in (
        shapes,
        account_shapes,
        article_shapes,
        bank_shapes,
        campaign_shapes,
        contact_shapes,
        desk_shapes,
        gift_shapes,
        group_shapes,
        learning_shapes,
        notifying_shapes,
        partner_shapes,
        recommender_shapes,
    )
    for name, shape in vars(module).items()
    if not name.startswith("_")
    and isinstance(shape, type)
    and issubclass(shape, msgspec.Struct)
    and shape.__module__ == module.__name__
)
UNIONS: Mapping[str, tuple[Struct, ...]] = {
    "ClientFrame": CLIENT_FRAMES,
    "ServerFrame": SERVER_FRAMES,
    "Body": BODIES,
    "ClientBody": CLIENT_BODIES,
}


def schema_name(struct: Struct) -> str:
    """The name under which a type appears in every document."""
    if struct in CLIENT_FRAMES or struct in SERVER_FRAMES:
        return f"{struct.__name__}Frame"
    return f"{struct.__name__}Body" if struct in BODIES else struct.__name__


def wire_components(prefix: str) -> dict[str, Schema]:
    """Frames, their parts, bodies and the four unions; references start with `prefix`."""
    found = _components((*CLIENT_FRAMES, *SERVER_FRAMES, *PARTS, *BODIES), prefix)
    for name, members in UNIONS.items():
        found[name] = _union(members, prefix)
    return found


def shape_components(prefix: str) -> dict[str, Schema]:
    """The HTTP shapes."""
    return _components(SHAPES, prefix)


def _union(members: Iterable[Struct], prefix: str) -> Schema:
    refs = {str(m.__struct_config__.tag): prefix + schema_name(m) for m in members}
    return {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }


def _components(structs: tuple[Struct, ...], prefix: str) -> dict[str, Schema]:
    names = {struct.__name__: schema_name(struct) for struct in structs}
    if len(names) != len(structs):
        raise TypeError("two wire types of one document have the same name")
    _, found = msgspec.json.schema_components(structs, ref_template="{name}")
    by_name = {struct.__name__: struct for struct in structs}
    return {
        names[name]: _told(schema, by_name[name], names, prefix) for name, schema in found.items()
    }


def _told(schema: Schema, struct: Struct, names: Mapping[str, str], prefix: str) -> Schema:
    """What the server writes is stated as written: fields with a default are there too, but
    not those that are left out.
    """
    config = struct.__struct_config__
    properties = {
        field: _tidied(part, names, prefix) for field, part in schema["properties"].items()
    }
    required = list(schema.get("required", ()))
    if not (config.forbid_unknown_fields or config.omit_defaults):
        fields = msgspec.structs.fields(struct)
        unset = [field.encode_name for field in fields if field.default is msgspec.UNSET]
        required = [field for field in properties if field not in unset]
    told = {"title": names[struct.__name__], "type": "object", "properties": properties}
    if required:
        told["required"] = required
    if "description" in schema:
        told["description"] = inspect.cleandoc(schema["description"])
    if "additionalProperties" in schema:
        told["additionalProperties"] = schema["additionalProperties"]
    return told


def _tidied(part: Any, names: Mapping[str, str], prefix: str) -> Any:  # noqa: ANN401  any JSON
    if part == {}:  # a Raw field: what is stored is a body
        return {"$ref": f"{prefix}Body"}
    if isinstance(part, list):
        return [_tidied(each, names, prefix) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": prefix + names[part["$ref"]]}
    if part.get("discriminator"):
        return {"$ref": f"{prefix}{_union_of(part)}"}
    tidy = {
        word: _tidied(value, names, prefix) if isinstance(value, dict | list) and value else value
        for word, value in part.items()
    }
    if tidy.get("default") == "" and tidy.get("minLength"):
        del tidy["default"]  # empty means absent, which `required` says already
    return tidy


def _union_of(part: Schema) -> str:
    tags = set(part["discriminator"]["mapping"])
    return next(
        name
        for name, members in UNIONS.items()
        if {member.__struct_config__.tag for member in members} == tags
    )
