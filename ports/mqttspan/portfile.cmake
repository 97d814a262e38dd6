# The one place that says where the source is; register.sh writes REF. In the curated registry: vcpkg_from_github with REF "v${VERSION}" and its SHA512, and nothing else changes.
vcpkg_from_git(
    OUT_SOURCE_PATH SOURCE_PATH
    URL https://example.org/mqttspan.git
    REF 865e91409bff7e40feb4215ea3e34dea362b0b85
    HEAD_REF main
)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
    FEATURES
        tls   MQTTSPAN_TLS
        tools MQTTSPAN_TOOLS
)
set(components codec stream)
set(programs mqttspan)
if(VCPKG_TARGET_IS_WINDOWS)
    list(APPEND FEATURE_OPTIONS -DMQTTSPAN_PCAP=OFF) # the manifest asks for libpcap elsewhere
else()
    list(APPEND components posix)
    list(APPEND programs mqtt_pub mqtt_sub)
endif()
if("tls" IN_LIST FEATURES)
    list(APPEND components tls)
endif()
string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" "dynamic" SHARED)
vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        ${FEATURE_OPTIONS}
        -DMQTTSPAN_SHARED=${SHARED}
        -DMQTTSPAN_TESTS=OFF
        -DMQTTSPAN_EXAMPLES=OFF
        -DMQTTSPAN_CONFORMANCE=OFF
    OPTIONS_DEBUG
        -DMQTTSPAN_TOOLS=OFF
    MAYBE_UNUSED_VARIABLES
        MQTTSPAN_PCAP
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/mqttspan)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")

if("tools" IN_LIST FEATURES)
    vcpkg_copy_tools(TOOL_NAMES ${programs} AUTO_CLEAN)
endif()

# usage shows the components that are in this package, and no others.
list(TRANSFORM components REPLACE ".+" "    target_link_libraries(main PRIVATE mqttspan::\\0)")
list(JOIN components "\n" LINK_LINES)
configure_file("${CURRENT_PORT_DIR}/usage" "${CURRENT_PACKAGES_DIR}/share/${PORT}/usage" @ONLY)
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
