from tests.front_desk import desk

__all__ = ["desk"]
