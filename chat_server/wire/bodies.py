"""The bodies live in `domain/bodies.py`: they are stored, pushed and read as they are there.

Import them from `chat_server.domain.bodies`, in use cases too.
"""

from chat_server.domain.bodies import (
    Article,
    ArticleItem,
    Body,
    Card,
    CardState,
    ClientBody,
    Menu,
    Notice,
    Text,
)

__all__ = [
    "Article",
    "ArticleItem",
    "Body",
    "Card",
    "CardState",
    "ClientBody",
    "Menu",
    "Notice",
    "Text",
]
