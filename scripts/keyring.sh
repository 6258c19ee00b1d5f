#!/bin/sh
# Runs a command beside a Secret Service of its own: a private D-Bus session and a gnome-keyring whose default keyring is
# open. Nothing of the person's session or keyrings is seen or touched, and nothing is left behind.
#
#   scripts/keyring.sh npm test
#
# Debian: apt-get install gnome-keyring dbus libsecret-1-0 libsecret-tools
#
# The command gets DBUS_SESSION_BUS_ADDRESS, and for tests that lock or kill the keyring GNOME_KEYRING_CONTROL (the folder
# of its control socket) and GNOME_KEYRING_PID. Its exit code is passed on; 69 when no keyring can be started.
set -u

# Not empty: gnome-keyring would store its keyring unencrypted, and unlock it by itself.
password=postern-keyring

if [ $# -eq 0 ]; then
  echo "usage: $0 command [argument...]" >&2
  exit 64
fi
for tool in dbus-daemon dbus-send gnome-keyring-daemon; do
  if ! command -v "$tool" >/dev/null; then
    echo "Cannot start a keyring: $tool is not installed; on Debian: apt-get install gnome-keyring dbus libsecret-1-0 libsecret-tools" >&2
    exit 69
  fi
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/keyring.XXXXXX")
mkdir -m 700 "$folder/run" "$folder/data"
bus='' keyring='' job=''

clean_up() {
  trap - EXIT HUP INT TERM
  for process in $job $keyring $bus; do kill "$process" 2>/dev/null; done
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# No service folders: nothing is started by a call, so a killed keyring stays dead and no dialog can appear.
cat >"$folder/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$folder/run/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
END

DBUS_SESSION_BUS_ADDRESS="unix:path=$folder/run/bus"
export DBUS_SESSION_BUS_ADDRESS
dbus-daemon --config-file="$folder/bus.conf" --nofork --nopidfile >"$folder/log" 2>&1 &
bus=$!

# Up to 10 s until the answer to a call of the bus matches: wait_for pattern destination object method [argument...]
wait_for() {
  pattern=$1 destination=$2 tries=0
  shift 2
  until dbus-send --session --print-reply=literal --dest="$destination" "$@" 2>/dev/null | grep -q "$pattern"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 200 ]; then
      echo "Cannot start a keyring: no answer in 10 s; its log says:" >&2
      cat "$folder/log" >&2
      exit 69
    fi
    sleep 0.05
  done
}
wait_for '[0-9a-f]' org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.GetId

# Its stdin is the password, never an argument; its runtime folder and its keyrings are the private ones.
printf '%s' "$password" >"$folder/password"
XDG_RUNTIME_DIR="$folder/run" XDG_DATA_HOME="$folder/data" \
  gnome-keyring-daemon --unlock --foreground --components=secrets <"$folder/password" >>"$folder/log" 2>&1 &
keyring=$!
# The service has its name before its keyring is open.
wait_for false org.freedesktop.secrets /org/freedesktop/secrets/collection/login org.freedesktop.DBus.Properties.Get \
  string:org.freedesktop.Secret.Collection string:Locked

GNOME_KEYRING_CONTROL="$folder/run/keyring"
GNOME_KEYRING_PID=$keyring
export GNOME_KEYRING_CONTROL GNOME_KEYRING_PID

# Beside this shell, so that a signal is answered at once; a background job would else read from /dev/null.
exec 3<&0
"$@" <&3 3<&- &
job=$!
exec 3<&-
wait "$job"
code=$?
job=''
exit "$code"
