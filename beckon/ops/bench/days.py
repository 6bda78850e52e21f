"""The domain times at which things happen in a bench: weekdays, 19:00 UTC, 14:00 in New York, 9:00 in Hawaii.

Two weeks or more lie between them, so that no measure runs into the contact caps of the one before.
"""

from datetime import UTC, datetime

IMPORT_DAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
ADVANCE_DAY = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)
CALL_DAY = datetime(2026, 12, 2, 19, 0, tzinfo=UTC)
HTTP_DAY = datetime(2026, 12, 16, 19, 0, tzinfo=UTC)
SMTP_DAY = datetime(2027, 1, 13, 19, 0, tzinfo=UTC)
