# `cpack -G DEB -D CPACK_PACKAGE_CONTACT='Your Name <your@address>'`: libmqttspan-dev, mqttspan-tools, and for shared libraries libmqttspan0.1.
set(CPACK_PACKAGE_VENDOR mqttspan)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL development)
set(runtime_package libmqttspan${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

set(about " MQTT 3.1, 3.1.1 and 5.0 for C++20: packets from and to bytes, strictly and
 without copying; connections; clients and servers over sockets.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmqttspan-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "MQTT codec, stream and connection (development)\n${about}")
if(MQTTSPAN_SHARED)
  list(APPEND CPACK_COMPONENTS_ALL runtime)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${runtime_package} (= ${PROJECT_VERSION})")
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${runtime_package})
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_GENERATE_SHLIBS ON)
  set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "MQTT codec, stream and connection\n${about}")
elseif(MQTTSPAN_TLS OR MQTTSPAN_WEBSOCKET) # which a program links then
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libssl-dev, libwslay-dev")
endif()
if(MQTTSPAN_TOOLS)
  list(APPEND CPACK_COMPONENTS_ALL tools)
  set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME mqttspan-tools)
  set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_TOOLS_DESCRIPTION "explain MQTT bytes, publish, subscribe, examine and fuzz peers\n Commands on top of libmqttspan: mqttspan decodes and explains captures,
 mqtt_pub and mqtt_sub talk to brokers, mqttspan-conformance and mqttspan-fuzz
 examine codecs, brokers and clients.")
endif()

# What Debian wants beside the files that are installed anywhere.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/deb_files.cmake)
set(CPACK_MQTTSPAN_SOURCES ${PROJECT_SOURCE_DIR})
include(CPack)
