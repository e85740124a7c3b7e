"""What the code says about its own wire, written down: OpenAPI, AsyncAPI, TypeScript.

Called by the command line, `make check` and the `/docs` page. Everything is derived from
the frame types, the HTTP shapes, the route table and the error table; nothing is written
here by hand that one of those could say.
"""
