include(CMakeFindDependencyMacro)
find_dependency(mqttspan 0.1 CONFIG COMPONENTS posix)
include(${CMAKE_CURRENT_LIST_DIR}/telegram-targets.cmake)
