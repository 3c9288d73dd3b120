-- When the run was asked for, here too: so the newest run of a node is the first entry of an index.
alter table run_node add column asked timestamp(6) with time zone;
update run_node set asked = (select began from run where run.id = run_node.run_id);
alter table run_node alter column asked set not null;
create index run_node_asked on run_node (node, asked desc);
drop index run_node_node;
