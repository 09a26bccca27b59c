#!/bin/sh
# start.sh: start the app that was uploaded with this file. Uploads lose the permission to execute, and where the folder cannot
# be changed the launcher is copied to one where it can. `exec` leaves no shell between the platform's signals and the app.
set -eu
cd "$(dirname "$0")"
launch=$PWD/launch
if [ ! -x "$launch" ] && ! chmod +x "$launch" 2>/dev/null; then
	launch=$(mktemp -d)/launch
	cp "$PWD/launch" "$launch"
	chmod +x "$launch"
fi
exec "$launch" "$@"
