#!/bin/sh
# mistakes_test.sh WORK SOURCE: each mistake in the portfile is found, by the rule that is there for it; and each rule of lint.py finds one. Takes what portfile_test.sh has built;
# nothing is compiled.
# shellcheck disable=SC2016 # variables in single quotes are CMake's
set -eu
work=$1 source=$2
here=$source/ports/test
port=$work/mistakes/mqttspan
rm -rf "$work/mistakes"
mkdir -p "$work/mistakes"

# mistake TITLE RULE SED
mistake() {
  rm -rf "$port"
  cp -RL "$source/ports/mqttspan" "$port"
  sed -i "$3" "$port/portfile.cmake"
  ! cmp -s "$port/portfile.cmake" "$source/ports/mqttspan/portfile.cmake" || { echo "FAILED: $1: the portfile has no such line any more"; exit 1; }
  ! "$here/install.sh" "$work" static "$port" "$source" >"$work/mistakes/log" 2>&1 || { echo "FAILED: $1: nobody notices"; exit 1; }
  grep -q "^lint: $2:" "$work/mistakes/log" || { echo "FAILED: $1: not found by $2, but:"; cat "$work/mistakes/log"; exit 1; }
  echo "$2" >>"$work/mistakes/found"
  echo "$1: found by $2"
}

# The classic ones: a line is forgotten.
mistake 'no copyright' skip_copyright_check '/^vcpkg_install_copyright/d'
mistake 'debug/include left' allow_debug_include 's|"[^"]*/debug/include"||'
mistake 'debug/share left' allow_debug_share 's|"[^"]*/debug/share"||'
mistake 'no fix-up of the CMake files' skip_lib_cmake_merge_check '/^vcpkg_cmake_config_fixup/d'
mistake 'no fix-up of the pkg-config modules' pkgconfig_fixup '/^vcpkg_fixup_pkgconfig/d'
mistake 'no usage' skip_usage_install_check '/^configure_file/d'

# Those that another portfile, or another install, would make.
mistake 'a usage with a target that is not there' usage 's/^    list(APPEND components posix)/&\n    list(APPEND components websocket)/'
mistake 'a header beside the folder' empty_include_folder '$a file(WRITE "${CURRENT_PACKAGES_DIR}/include/config.h" "")'
mistake 'CMake files in two places' skip_misplaced_cmake_files_check '$a file(WRITE "${CURRENT_PACKAGES_DIR}/cmake/mqttspan.cmake" "")'
mistake 'no targets for Debug' cmake_config_fixup '$a file(REMOVE "${CURRENT_PACKAGES_DIR}/share/mqttspan/mqttspan-posix-debug.cmake")'
mistake 'a library in Release only' mismatched_number_of_binaries '$a file(REMOVE "${CURRENT_PACKAGES_DIR}/debug/lib/libmqttspan-posix.a")'
mistake 'a shared library' linkage_of_libraries '$a file(WRITE "${CURRENT_PACKAGES_DIR}/lib/libmqttspan-posix.so" "")'
mistake 'a program that stays in bin' dlls_in_static_library '$a file(WRITE "${CURRENT_PACKAGES_DIR}/bin/mqttspan" "")'
mistake 'a program among the files' allow_exes_in_bin '$a file(COPY /bin/true DESTINATION "${CURRENT_PACKAGES_DIR}/share/mqttspan")'
mistake 'an empty folder' allow_empty_folders '$a file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share/man")'
mistake 'a file in no folder' skip_misplaced_regular_files_check '$a file(WRITE "${CURRENT_PACKAGES_DIR}/LICENSE" "")'
mistake 'a path of the build' skip_absolute_paths_check '$a file(APPEND "${CURRENT_PACKAGES_DIR}/share/mqttspan/mqttspan-config.cmake" "# ${SOURCE_PATH}")'
mistake 'a module in share' skip_pkgconfig_check '$a file(WRITE "${CURRENT_PACKAGES_DIR}/share/mqttspan/mqttspan.pc" "")'

sed -n 's/^    \([a-z_]*\),$/\1/p' "$here/lint.py" | sort >"$work/mistakes/rules"
sort -u "$work/mistakes/found" | diff - "$work/mistakes/rules" || { echo 'FAILED: a rule of lint.py has not shown that it finds anything'; exit 1; }
