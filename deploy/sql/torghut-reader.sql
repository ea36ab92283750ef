-- The role that quant-exporter reads Torghut's Postgres with: it may log in and SELECT the tables that are read, no more.
--
--   psql "$ADMIN_DSN" -f deploy/sql/torghut-reader.sql
--   psql "$ADMIN_DSN" -c '\password quant_exporter'      hashed here, so that no log of the server has it
--
-- Variables, each as -v name=value:
--   role              its name (quant_exporter); it is the exporter's alone: what it had before in schema public, and its
--                     memberships, are taken away
--   connection_limit  how many connections it may have at once (2): every process opens at most 2, so 2 times the number
--                     of processes, shards and replicas alike; those of an old and a new pod at a rollout count together
--                     unless the old one ends first (strategy Recreate); `replay --database`, `record` and `config --check`
--                     beside a running `serve` need theirs as well
--   grants_only       1: the role is made elsewhere (CloudNativePG's managed roles), only its grants are set here
--
-- May be run again at any time, and is to be run again after a migration that adds one of the tables: those that are not
-- there yet are told and skipped. Needs CREATEROLE and the owner of the tables, or a superuser.

\set ON_ERROR_STOP on
\if :{?role} \else \set role quant_exporter \endif
\if :{?connection_limit} \else \set connection_limit 2 \endif
\if :{?grants_only} \else \set grants_only 0 \endif

BEGIN;

\if :grants_only
\else
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN INHERIT CONNECTION LIMIT :connection_limit;
-- Only where there is something to take away: these take a superuser.
SELECT format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname)
  FROM pg_roles WHERE rolname = :'role' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \gexec
SELECT format('REVOKE %I FROM %I', granted.rolname, member.rolname)
  FROM pg_auth_members JOIN pg_roles granted ON granted.oid = roleid JOIN pg_roles member ON member.oid = pg_auth_members.member
  WHERE member.rolname = :'role' \gexec
-- What quant-exporter asks for itself; here for whoever else connects as this role.
ALTER ROLE :"role" SET default_transaction_read_only = on;
ALTER ROLE :"role" SET statement_timeout = '30s';
ALTER ROLE :"role" SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE :"role" SET search_path = public;
\endif

-- One by one: a general REVOKE fails at the first table of an owner that is not ours, also where there is nothing to revoke.
SELECT format('REVOKE ALL ON %s public.%I FROM %I', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname, rolname)
  FROM pg_class, pg_roles
  WHERE relnamespace = 'public'::regnamespace AND rolname = :'role' AND (
    EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = pg_roles.oid)
    OR EXISTS (SELECT FROM pg_attribute, aclexplode(attacl) WHERE attrelid = pg_class.oid AND grantee = pg_roles.oid)) \gexec
SELECT format('REVOKE ALL ON SCHEMA public FROM %I', rolname)
  FROM pg_namespace, aclexplode(nspacl), pg_roles
  WHERE nspname = 'public' AND grantee = pg_roles.oid AND rolname = :'role' \gexec

GRANT CONNECT ON DATABASE :"DBNAME" TO :"role";
GRANT USAGE ON SCHEMA public TO :"role";

CREATE TEMPORARY TABLE read_tables (name name) ON COMMIT DROP;
INSERT INTO read_tables VALUES
  ('strategies'),
  ('trade_decisions'),
  ('executions'),
  ('position_snapshots'),
  ('llm_decision_reviews'),
  ('execution_order_events'),
  ('broker_account_activities');

SELECT format('GRANT SELECT ON TABLE public.%I TO %I', name, :'role')
  FROM read_tables WHERE to_regclass(format('public.%I', name)) IS NOT NULL \gexec

SELECT name AS "table", CASE WHEN to_regclass(format('public.%I', name)) IS NULL THEN 'not there yet' ELSE 'SELECT' END AS granted
  FROM read_tables;

COMMIT;
