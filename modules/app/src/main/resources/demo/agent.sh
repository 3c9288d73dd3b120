#!/bin/sh
# The demo's agent: prints what a Rudder agent prints in a run, over a few seconds.
# Called as a node calls any agent: with "-D condition,condition" where conditions were asked for.
conditions=
while [ $# -gt 0 ]; do
  case $1 in
    -D) conditions=$2; shift ;;
    -D*) conditions=${1#-D} ;;
  esac
  shift
done
node=${DEMO_NODE_ID:-unknown}
pause=${DEMO_PAUSE:-0.3}
now() { date -u '+%Y-%m-%d %H:%M:%S+00:00'; }
start=$(now)

report() { # technique state rule directive component key message
  printf 'R: @@%s@@%s@@%s@@%s@@0@@%s@@%s@@%s##%s@#%s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$start" "$node" "$7"
  sleep "$pause"
}
common() { report Common "$1" hasPolicyServer-root common-root "$2" "$3" "$4"; }
ssh() { report sshServer "$1" 4f0e8a4c-rule 9a1b3c5d-directive "$2" "$3" "$4"; }
motd() { report motd "$1" 7c2d9e10-rule 52e6f0aa-directive "$2" "$3" "$4"; }

report rudder control rudder run start 20260101-00000000 'Start execution'
[ -z "$conditions" ] || echo "info: conditions of this run: $conditions"
common result_success 'CRON Daemon' None 'The CRON daemon is running'
common result_success 'Binaries update' None 'The agent binaries in /opt/rudder/bin are up to date'
common result_na 'Monitoring' None 'No monitoring is configured on this node'
common log_info 'Log system for reports' None 'Reports are sent by HTTPS'
common result_success 'Security parameters' None 'The internal environment security is acceptable'
case ,$conditions, in
  *,force_inventory,*)
    echo 'info: collecting the inventory of this machine'
    sleep "$pause"
    common result_repaired Inventory None "The inventory of node $node has been sent" ;;
  *) common result_na Inventory None 'Next inventory scheduled between 00:00 and 06:00' ;;
esac
ssh result_success 'SSH server package' openssh-server 'Package openssh-server is installed'
ssh result_success 'SSH server configuration' PermitRootLogin 'PermitRootLogin is no in /etc/ssh/sshd_config'
ssh result_repaired 'SSH server configuration' X11Forwarding 'X11Forwarding was yes, set to no in /etc/ssh/sshd_config'
ssh result_repaired 'SSH server service' sshd 'Service sshd has been restarted'
motd audit_compliant 'File content' /etc/motd 'The banner in /etc/motd is the expected one'
motd audit_noncompliant 'File permissions' /etc/motd 'Mode of /etc/motd is 664, expected 644'
report rudder control rudder run end 20260101-00000000 'End execution'
