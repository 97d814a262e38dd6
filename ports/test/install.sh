#!/bin/sh
# install.sh ROOT static|dynamic PORT_DIR SOURCE [FEATURE...]: `vcpkg install --enforce-port-checks` of one port, by stand-ins: runs its portfile, checks the package, installs it
# below ROOT/installed, where it moves away from the place that it was built for.
set -eu
here=$(dirname "$0")
root=$1 linkage=$2 port_dir=$3 source=$4
shift 4
features=$(IFS=';'; echo "$*")
port=$(sed -n 's/^  "name": "\(.*\)",/\1/p' "$port_dir/vcpkg.json")
package=$root/packages/${port}_test-$linkage
installed=$root/installed/test-$linkage

cmake -DPORT_DIR="$port_dir" -DSOURCE="$source" -DROOT="$root" -DLINKAGE="$linkage" -DFEATURES="$features" -P "$here/vcpkg.cmake"
"$here/lint.py" "$package" "$port_dir" "$linkage" "$root" "$source"
mkdir -p "$installed"
cp -a "$package/." "$installed"
rm -r "$package"
