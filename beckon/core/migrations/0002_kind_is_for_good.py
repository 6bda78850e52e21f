"""A rehearsal never becomes live: the kind, schema and short name of an organization cannot be changed."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_identity_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind <> OLD.kind OR NEW.schema_name <> OLD.schema_name OR NEW.slug <> OLD.slug THEN
    RAISE EXCEPTION 'kind, schema and short name of an organization are for good'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_identity';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER organization_identity BEFORE UPDATE ON core_organization
  FOR EACH ROW EXECUTE FUNCTION refuse_identity_change();
"""
DROP = "DROP TRIGGER organization_identity ON core_organization; DROP FUNCTION refuse_identity_change();"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
