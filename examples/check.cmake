# cmake -DEXPECTED=FILE -P check.cmake PROGRAM ARGUMENT...
# Fails unless standard output, standard error and the exit code, in this order, are what FILE says.
set(command)
set(behind_script FALSE)
foreach(i RANGE ${CMAKE_ARGC})
  if(behind_script AND i LESS CMAKE_ARGC)
    list(APPEND command ${CMAKE_ARGV${i}})
  elseif(CMAKE_ARGV${i} STREQUAL CMAKE_CURRENT_LIST_FILE)
    set(behind_script TRUE)
  endif()
endforeach()

execute_process(COMMAND ${command} TIMEOUT 20 OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
set(actual "${output}${errors}exit ${code}\n")
file(READ ${EXPECTED} expected)
if(NOT actual STREQUAL expected)
  message(FATAL_ERROR "--- expected\n${expected}--- actual\n${actual}")
endif()
