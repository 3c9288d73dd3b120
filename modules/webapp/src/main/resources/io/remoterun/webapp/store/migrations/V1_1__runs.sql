-- What was asked for, and how it stands. Counts are kept here too, so that lists need no sums.
create table run (
  id uuid primary key,
  began timestamp(6) with time zone not null,
  request text not null,
  asked_by varchar(200) not null,
  asked_from varchar(200) not null,
  request_key varchar(200),
  node_count integer not null,
  waiting integer not null,
  running integer not null,
  succeeded integer not null,
  agent_errors integer not null,
  failed integer not null,
  stopped integer not null,
  unconfirmed integer not null,
  cancelled_by varchar(200),
  cancelled_from varchar(200),
  -- Since when all its events are here; until then, which webapp drives it.
  ended timestamp(6) with time zone,
  owned_by uuid not null,
  last_sequence bigint not null,
  stored_bytes bigint not null,
  constraint run_request_key unique (asked_by, request_key)
);
create index run_began on run (began);
create index run_owned on run (ended, owned_by);

-- Each node of a run, how it stands there, and since when. The event is NDJSON.
create table run_node (
  run_id uuid not null references run (id) on delete cascade,
  place integer not null,
  node varchar(128) not null,
  state varchar(20) not null,
  last_event varchar,
  began timestamp(6) with time zone,
  ended timestamp(6) with time zone,
  primary key (run_id, node)
);
create index run_node_node on run_node (node);

-- Events as NDJSON. What was written at once ends in the same number, batch; of it, the row without a node
-- has what is kept in any case, the others the output of their node, which may become a gap.
create table run_chunk (
  run_id uuid not null references run (id) on delete cascade,
  batch bigint not null,
  node varchar(128) not null,
  lines bytea not null,
  primary key (run_id, batch, node)
);

-- The webapps that drive runs, and until when they have said that they live.
create table webapp (
  id uuid primary key,
  lease_until timestamp(6) with time zone not null
);
