/** Notes who changes what, also where no row is touched; before the statement, so that nothing can hide it. */
export const TRAPS = `
  CREATE SCHEMA trap;
  CREATE TABLE trap.seen (application text, operation text, on_table text);
  CREATE FUNCTION trap.note() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO trap.seen VALUES (current_setting('application_name'), TG_OP, TG_TABLE_NAME);
    RETURN NULL;
  END $$;
  DO $$
  DECLARE target regclass;
  BEGIN
    FOR target IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
      EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION trap.note()', target);
    END LOOP;
  END $$`
