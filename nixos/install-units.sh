#!/bin/sh
# install-units.sh UNITS OUT [PREFIX…]: installs the shipped units, rules and tmpfiles below OUT. The programs that they
# start are looked for below OUT and the other prefixes; nothing else is changed in them.
set -eu
units=$1
shift

# The path of a program below the first prefix that has it.
find_program() {
  program=$1
  shift
  for prefix; do
    [ ! -x "$prefix/$program" ] || { echo "$prefix/$program"; return; }
  done
  echo "install-units: a unit starts $program, which is not in $*" >&2
  return 1
}

# Whatever a unit starts must be there: a path of another distribution would only fail on the machine.
install_unit() {
  from=$1 to=$2
  shift 2
  cp "$from" "$to"
  # the longest first, so that none is replaced as the beginning of another
  for path in $(sed '/^#/d' "$from" | grep -o '/usr/\(bin\|libexec\)/[A-Za-z0-9/._-]*' | sort -ru); do
    program=$(find_program "${path#/usr/}" "$@")
    sed -i "s|$path|$program|g" "$to"
  done
  if grep -q '^ExecReload=kill ' "$from"; then
    program=$(find_program bin/kill "$@")
    sed -i "s|^ExecReload=kill |ExecReload=$program |" "$to"
  fi
}

out=$1
mkdir -p "$out/lib/systemd/system" "$out/lib/udev/rules.d" "$out/lib/tmpfiles.d" "$out/lib/sysusers.d"
for unit in "$units"/*; do
  name=$(basename "$unit")
  case $name in
    *.service | *.socket | *.target | *.path | *.timer | *.mount | *.automount)
      install_unit "$unit" "$out/lib/systemd/system/$name" "$@"
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
# a package has no empty folders
find "$out/lib" -type d -empty -delete
