#!/bin/sh
# registry_test.sh WORK SOURCE: versions/ fits the port as it is; and register.sh sees where it does not, keeps what was released, and writes the ids that git gives.
set -eu
work=$1 source=$2
rm -rf "$work"
mkdir -p "$work/ports"
"$source/ports/register.sh" --check

cp -RL "$source/ports/mqttspan" "$source/ports/register.sh" "$work/ports"
cp -RL "$source/versions" "$work"
cd "$work"
ports/register.sh --check
released=$(grep git-tree versions/m-/mqttspan.json)

echo '# a change' >>ports/mqttspan/portfile.cmake
! ports/register.sh --check 2>log || { echo 'FAILED: a port that was changed without being registered is not noticed'; exit 1; }
grep -q 'does not fit' log

# A new version comes on top; the released ones stay as they were.
entries=$(grep -c git-tree versions/m-/mqttspan.json)
sed -i 's/^  "version-semver": .*/  "version-semver": "99.0.0",/' ports/mqttspan/vcpkg.json
ports/register.sh
ports/register.sh --check
[ "$(grep -c git-tree versions/m-/mqttspan.json)" = $((entries + 1)) ] || { echo 'FAILED: not just one version more'; exit 1; }
echo "$released" | while read -r line; do grep -qF "$line" versions/m-/mqttspan.json || { echo 'FAILED: a released version is gone'; exit 1; }; done
grep -q '"baseline": "99.0.0"' versions/baseline.json || { echo 'FAILED: the baseline is still the released version'; exit 1; }

# What is registered before a commit is what the commit then has.
commit() {
  git add .
  git -c user.name=test -c user.email=test@example.org -c commit.gpgsign=false commit -q -m "$1"
}
git init -q
commit source
ports/register.sh HEAD
grep -q "^    REF $(git rev-parse HEAD)$" ports/mqttspan/portfile.cmake || { echo 'FAILED: the portfile does not take the commit'; exit 1; }
commit port
grep -q "\"git-tree\": \"$(git rev-parse HEAD:ports/mqttspan)\"" versions/m-/mqttspan.json || { echo 'FAILED: the git-tree is not that of the commit'; exit 1; }
echo 'the registry fits the port'
