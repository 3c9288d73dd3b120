-- Who may do what. Of a token only the SHA-256 is here: it is as random as that. Of a password, Argon2.
create table account (
  name varchar(200) primary key,
  -- local, ldap or oidc: who says that it is the one.
  origin varchar(10) not null,
  grants text not null,
  password_hash varchar(500),
  disabled boolean not null,
  expires timestamp(6) with time zone,
  created timestamp(6) with time zone not null,
  last_used timestamp(6) with time zone,
  -- Another one after every change that ends the sessions of the account.
  stamp uuid not null
);

create table account_token (
  hash char(64) primary key,
  id varchar(20) not null unique,
  account varchar(200) not null references account (name) on delete cascade,
  created timestamp(6) with time zone not null,
  expires timestamp(6) with time zone,
  last_used timestamp(6) with time zone
);
create index account_token_account on account_token (account);

-- Who did what. Each entry has the hash of the one before it, and its own is over all of it.
create table audit (
  sequence bigint primary key,
  written timestamp(6) with time zone not null,
  who varchar(200) not null,
  address varchar(200) not null,
  action varchar(20) not null,
  decision varchar(20) not null,
  run_id varchar(40),
  details varchar(4000) not null,
  previous_hash char(64) not null,
  hash char(64) not null
);
create index audit_who on audit (who, sequence);
create index audit_run on audit (run_id);

-- The last entry. Whoever appends locks this row, so that all webapps make one chain.
create table audit_head (
  id integer primary key,
  sequence bigint not null,
  hash char(64) not null
);
insert into audit_head values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
