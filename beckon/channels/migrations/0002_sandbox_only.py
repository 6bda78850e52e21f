"""An organization that is not live can own sandbox senders only: the database itself refuses (design, section 5)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_real_sender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.carrier <> 'sandbox' AND NOT EXISTS (
    SELECT 1 FROM public.core_organization WHERE schema_name = TG_TABLE_SCHEMA AND kind = 'live'
  ) THEN
    RAISE EXCEPTION 'an organization that is not live can own sandbox senders only'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sender_sandbox_only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sender_sandbox_only BEFORE INSERT OR UPDATE ON channels_sender
  FOR EACH ROW EXECUTE FUNCTION refuse_real_sender();
"""
DROP = "DROP TRIGGER sender_sandbox_only ON channels_sender; DROP FUNCTION refuse_real_sender();"


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
