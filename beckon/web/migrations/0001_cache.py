"""The table of Django's database cache: what allauth counts log-in attempts in, for all processes."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS web_cache (
              cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX IF NOT EXISTS web_cache_expires ON web_cache (expires);
            """,
            "DROP TABLE IF EXISTS web_cache",
        )
    ]
