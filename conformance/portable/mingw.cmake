# A toolchain: Windows programs, which find nothing of the Linux around them. -DCMAKE_TOOLCHAIN_FILE=mingw.cmake -DCMAKE_FIND_ROOT_PATH=<where CLI11 and nlohmann-json are>
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
