#!/bin/sh
# deb.sh BUILD WORK: the .deb packages of a build that has been made, and lintian finds no error in them; what is in them is what README.md says.
set -eu
build=$1 work=$2
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $1"
  exit 1
}

(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -D CPACK_PACKAGE_CONTACT='Nobody <nobody@mqttspan.invalid>') >"$work/log" 2>&1 || { cat "$work/log"; fail cpack; }
set -- "$work"/*.deb
[ $# -eq 2 ] || fail "there should be two packages: $*"
lintian --fail-on error --allow-root "$@" || fail "lintian"
dpkg-deb -c "$work"/libmqttspan-dev_*.deb | awk '{ print $6 }' >"$work/development"
dpkg-deb -c "$work"/mqttspan-tools_*.deb | awk '{ print $6 }' >"$work/tools"
for wanted in /include/mqttspan/codec/config.hpp /libmqttspan-codec.a /pkgconfig/mqttspan-stream.pc /cmake/mqttspan/mqttspan-config.cmake; do
  grep -q "$wanted\$" "$work/development" || fail "libmqttspan-dev has no $wanted"
done
for wanted in bin/mqttspan bin/mqtt_pub bin/mqtt_sub bin/mqttspan-conformance bin/mqttspan-fuzz man1/mqttspan.1.gz mqttspan/vectors/README.md; do
  grep -q "/$wanted\$" "$work/tools" || fail "mqttspan-tools has no $wanted"
done
# An installed harness finds its vectors.
dpkg-deb -x "$work"/mqttspan-tools_*.deb "$work/installed"
"$work/installed/usr/bin/mqttspan-conformance" codec --help | grep -q "$work/installed/usr/share/mqttspan/vectors" || fail "mqttspan-conformance does not find its vectors"
