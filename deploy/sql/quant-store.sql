-- The role that quant-exporter keeps its own tables with, and their schema `quant`; nothing of Torghut's.
--
--   psql "$ADMIN_DSN" -f deploy/sql/quant-store.sql
--   psql "$ADMIN_DSN" -c '\password quant_store'       hashed here, so that no log of the server has it
--
-- Variables, each as -v name=value:
--   role              its name (quant_store)
--   connection_limit  how many connections it may have at once (8): every process takes 4 at most (one holds the writer's
--                     lock, one writes series where there is no ClickHouse for them, two read), so 4 times the number of
--                     processes, shards, replicas and standbys alike; `migrate` and `backfill` beside them need theirs too
--   migrates          1: the role owns the schema and brings it up to date by itself (QUANT_STORE_MIGRATE=true, the default)
--                     0: whoever runs this script owns it and runs `quant-exporter migrate`; the role reads and writes rows
--   grants_only       1: the role is made elsewhere (CloudNativePG's managed roles), only its grants are set here
--
-- May be run again at any time. Needs CREATEROLE and CREATE on the database, or a superuser; Postgres 14 or later. The
-- exporter holds a lock for as long as its session lives, so between it and the server there may be a pooler in session
-- mode, none in transaction mode.

\set ON_ERROR_STOP on
\if :{?role} \else \set role quant_store \endif
\if :{?connection_limit} \else \set connection_limit 8 \endif
\if :{?migrates} \else \set migrates 1 \endif
\if :{?grants_only} \else \set grants_only 0 \endif

BEGIN;

\if :grants_only
\else
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN CONNECTION LIMIT :connection_limit;
SELECT format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname)
  FROM pg_roles WHERE rolname = :'role' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) \gexec
\endif

GRANT CONNECT ON DATABASE :"DBNAME" TO :"role";
CREATE SCHEMA IF NOT EXISTS quant;

\if :migrates
-- Whoever gives a schema away has to be a member of who takes it.
SELECT format('GRANT %I TO %I', :'role', current_user) WHERE NOT pg_has_role(current_user, :'role', 'MEMBER') \gexec
ALTER SCHEMA quant OWNER TO :"role";
SELECT format('ALTER TABLE %s OWNER TO %I', oid::regclass, :'role')
  FROM pg_class WHERE relnamespace = 'quant'::regnamespace AND relkind IN ('r', 'p') \gexec
\else
GRANT USAGE ON SCHEMA quant TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA quant TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA quant GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"role";
\endif

COMMIT;
