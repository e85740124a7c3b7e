"""The readers are no test files; their asserts should speak as well."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.integration.bank_reading", "tests.integration.talking")
