"""What Django cannot say: room for HOT updates in the message table, and signed-off wording never changes."""

from django.db import migrations

CREATE = """
ALTER TABLE messaging_message SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE messaging_senderpace SET (fillfactor = 20);
CREATE FUNCTION refuse_signed_off_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signed-off template is never changed; save a new version'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'template_signed_off';
END $$;
CREATE TRIGGER template_signed_off BEFORE UPDATE OR DELETE ON messaging_template
  FOR EACH ROW WHEN (OLD.signed_off_at IS NOT NULL) EXECUTE FUNCTION refuse_signed_off_change();
"""
DROP = "DROP TRIGGER template_signed_off ON messaging_template; DROP FUNCTION refuse_signed_off_change();"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
