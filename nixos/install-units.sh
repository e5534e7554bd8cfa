#!/bin/sh
# install-units.sh UNITS OUT KILL: installs the shipped units, rules and tmpfiles below OUT, whose programs they then
# start. Nothing but the paths of programs is changed.
set -eu
units=$1 out=$2 kill=$3

mkdir -p "$out/lib/systemd/system" "$out/lib/udev/rules.d" "$out/lib/tmpfiles.d" "$out/lib/sysusers.d"
for unit in "$units"/*; do
  name=$(basename "$unit")
  case $name in
    *.service | *.socket | *.target | *.path | *.timer | *.mount)
      sed -e "s|/usr/bin/punktfunk-|$out/bin/punktfunk-|g" -e "s|/usr/libexec/punktfunk/|$out/libexec/punktfunk/|g" \
        -e "s|^ExecReload=kill |ExecReload=$kill |" "$unit" >"$out/lib/systemd/system/$name"
      ;;
    *.rules) cp "$unit" "$out/lib/udev/rules.d/$name" ;;
    *.tmpfiles) cp "$unit" "$out/lib/tmpfiles.d/${name%.tmpfiles}.conf" ;;
    *.sysusers) cp "$unit" "$out/lib/sysusers.d/${name%.sysusers}.conf" ;;
    *)
      echo "install-units: no place is known for $name" >&2
      exit 1
      ;;
  esac
done

# Whatever a unit starts must be there: a path of another distribution would only fail on the machine.
sed -n 's/^Exec[A-Za-z]*=[-@:+!]*\([^ ]*\).*/\1/p' "$out"/lib/systemd/system/* | while read -r program; do
  if [ ! -x "$program" ]; then
    echo "install-units: a unit starts $program, which is not there" >&2
    exit 1
  fi
done
