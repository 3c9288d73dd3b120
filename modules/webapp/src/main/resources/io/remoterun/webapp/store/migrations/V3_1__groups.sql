-- Nodes that have a name together: {"nodes":[..]} or {"query":".."}.
create table node_group (
  name varchar(64) primary key,
  members text not null
);
