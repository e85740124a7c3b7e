"""The protocol: frames, bodies, codec, error words and close codes. See `docs/asyncapi.yaml`.

Everything that crosses the socket is defined here and nowhere else; the schema and the
web's types are generated from these structs.
"""
