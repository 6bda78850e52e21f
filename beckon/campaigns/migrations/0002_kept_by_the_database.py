"""What Django cannot say: the list of who is due follows the enrollments, which have room for HOT updates.

The enrollment's own `due_at` has no index, so that a step changes none. Instead each statement that leaves
enrollments open lists them as sets that wait for the same moment: a thousand people are one row. Sets hold neighbours
(id / 1000), so that they neither grow nor fall apart from one step to the next.
"""

from django.db import migrations

CREATE = """
ALTER TABLE campaigns_enrollment SET (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05);
CREATE FUNCTION list_as_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO campaigns_dueset (campaign_id, due_at, enrollment_ids)
  SELECT campaign_id, due_at, array_agg(id) FROM written
   WHERE left_at IS NULL GROUP BY campaign_id, due_at, id / 1000;
  RETURN NULL;
END $$;
CREATE TRIGGER enrollment_listed_when_added AFTER INSERT ON campaigns_enrollment
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION list_as_due();
CREATE TRIGGER enrollment_listed_when_changed AFTER UPDATE ON campaigns_enrollment
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION list_as_due();
"""
DROP = """
DROP TRIGGER enrollment_listed_when_added ON campaigns_enrollment;
DROP TRIGGER enrollment_listed_when_changed ON campaigns_enrollment;
DROP FUNCTION list_as_due();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
