"""What tests of all parts share: databases, a world of services, and ways to wait."""

import pytest

pytest.register_assert_rewrite("tests.support.checks")
