include(${CMAKE_CURRENT_LIST_DIR}/install.cmake)

# mqttspan_library(NAME [FIRMWARE] [NEEDS ours] [PC_REQUIRES module...] [PC_LIBS flag...] SOURCES source...)
# The library mqttspan::NAME of the folder we are in, with its public headers in include/ and its own in src/, and how it is installed.
# NEEDS names the library of ours below it; PC_REQUIRES and PC_LIBS say for pkg-config what it links of others. With FIRMWARE it does without exceptions and RTTI.
function(mqttspan_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg FIRMWARE NEEDS "PC_REQUIRES;PC_LIBS;SOURCES")
  set(target mqttspan_${name})
  set(type STATIC)
  if(MQTTSPAN_SHARED)
    set(type SHARED)
  endif()
  add_library(${target} ${type} ${arg_SOURCES})
  add_library(mqttspan::${name} ALIAS ${target})
  if(arg_NEEDS)
    target_link_libraries(${target} PUBLIC mqttspan::${arg_NEEDS})
  endif()
  target_include_directories(${target}
    PUBLIC
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_definitions(${target} PRIVATE MQTTSPAN_BUILDING)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME mqttspan-${name}
    EXPORT_NAME ${name}
    VERSION ${PROJECT_VERSION}
    INSTALL_RPATH $ORIGIN # to each other, wherever they are moved
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} # until 1.0 each minor version may break the ABI
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    UNITY_BUILD OFF
    POSITION_INDEPENDENT_CODE ON)
  if(arg_FIRMWARE AND NOT MSVC)
    target_compile_options(${target} PRIVATE -fno-exceptions -ffunction-sections -fdata-sections)
    if(NOT CMAKE_CXX_FLAGS MATCHES "fsanitize=[^ ]*vptr") # that needs RTTI
      target_compile_options(${target} PRIVATE -fno-rtti)
    endif()
  endif()
  if(MQTTSPAN_SHARED AND CMAKE_SYSTEM_NAME STREQUAL "Linux") # templates of the standard library are visible whatever we say: their header does
    target_link_options(${target} PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
  endif()
  mqttspan_warnings(${target})
  mqttspan_install_library(${name} "${arg_NEEDS}" "${arg_PC_REQUIRES}" "${arg_PC_LIBS}")
endfunction()
