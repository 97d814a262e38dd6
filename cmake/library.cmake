# mqttspan_library(NAME SOURCE...): the library mqttspan::NAME of the folder we are in, with its public headers in include/ and its own in src/.
# With FIRMWARE as the first source it does without exceptions and RTTI.
function(mqttspan_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg FIRMWARE "" "")
  set(target mqttspan_${name})
  set(type STATIC)
  if(MQTTSPAN_SHARED)
    set(type SHARED)
  endif()
  add_library(${target} ${type} ${arg_UNPARSED_ARGUMENTS})
  add_library(mqttspan::${name} ALIAS ${target})
  target_include_directories(${target}
    PUBLIC
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
      $<INSTALL_INTERFACE:include>
    PRIVATE src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_definitions(${target} PRIVATE MQTTSPAN_BUILDING)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME mqttspan-${name}
    EXPORT_NAME ${name}
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
  mqttspan_warnings(${target})
endfunction()
