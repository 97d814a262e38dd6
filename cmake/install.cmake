# What is installed, and where: each library with its headers, its targets file for CMake and its .pc file; each program with its man page. All of it may be moved afterwards.

# Called by mqttspan_library, in the library's folder.
function(mqttspan_install_library name needs pc_requires pc_libs)
  if(NOT MQTTSPAN_INSTALL)
    return()
  endif()
  install(TARGETS mqttspan_${name} EXPORT mqttspan-${name}
    RUNTIME COMPONENT runtime
    LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE COMPONENT development)
  install(EXPORT mqttspan-${name} NAMESPACE mqttspan:: FILE mqttspan-${name}.cmake DESTINATION ${MQTTSPAN_CMAKEDIR} COMPONENT development)
  install(DIRECTORY include/mqttspan/${name} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mqttspan COMPONENT development PATTERN *.in EXCLUDE)

  # The .pc file finds the prefix by its own place, and everything else below `prefix`, which package managers set anew.
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE pc_prefix)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE pc_libdir)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE pc_includedir)
  list(TRANSFORM needs PREPEND mqttspan-)
  if(MQTTSPAN_SHARED) # else a program that links the library links what that needs, too
    list(JOIN pc_requires " " pc_requires_private)
    list(JOIN pc_libs " " pc_libs_private)
    set(pc_requires ${needs})
    set(pc_libs)
  else()
    list(PREPEND pc_requires ${needs})
    list(JOIN pc_requires " " pc_requires)
    list(JOIN pc_libs " " pc_libs)
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/mqttspan.pc.in mqttspan-${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mqttspan-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()

function(mqttspan_install_program target)
  if(NOT MQTTSPAN_INSTALL)
    return()
  endif()
  install(TARGETS ${target} RUNTIME COMPONENT tools)
  get_target_property(program ${target} OUTPUT_NAME)
  if(NOT program)
    set(program ${target})
  endif()
  install(FILES ${PROJECT_SOURCE_DIR}/docs/man/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
  if(MQTTSPAN_SHARED)
    cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_BINDIR} OUTPUT_VARIABLE libraries)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH $ORIGIN/${libraries})
  endif()
endfunction()

if(NOT MQTTSPAN_INSTALL) # what follows writes into the cache, which may be a parent's
  return()
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(MQTTSPAN_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/mqttspan)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mqttspan-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_SOURCE_DIR}/cmake/mqttspan-config.cmake ${PROJECT_SOURCE_DIR}/cmake/Findwslay.cmake ${PROJECT_BINARY_DIR}/mqttspan-config-version.cmake
  DESTINATION ${MQTTSPAN_CMAKEDIR} COMPONENT development)
