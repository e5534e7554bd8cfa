#!/bin/sh
# next-log.sh FOLDER: makes the file for what a machine with a recorded disk writes while it is on this time, and says its path.
set -eu
log=$1/$(printf %03d "$(ls "$1" | wc -l)").log
: > "$log"
echo "$log"
