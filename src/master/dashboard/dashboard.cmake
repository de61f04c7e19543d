# The dashboard: bundled from this folder in a copy of it (its libraries come from npm), then
# embedded into the master.
if(NOT DTRACE_DASHBOARD OR DTRACE_FUZZ)
    target_sources(dtrace_master PRIVATE ${CMAKE_CURRENT_LIST_DIR}/absent.cpp)
    return()
endif()

find_program(NODE NAMES node nodejs)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "npm is missing, which the dashboard is built with: "
        "conf/packages/install conf/packages/build.txt brings it, -DDTRACE_DASHBOARD=OFF does without")
endif()

set(dashboard ${PROJECT_BINARY_DIR}/dashboard)
set(dashboard_copy ${dashboard}/source)
file(GLOB_RECURSE dashboard_sources CONFIGURE_DEPENDS LIST_DIRECTORIES false
    RELATIVE ${CMAKE_CURRENT_LIST_DIR}
    ${CMAKE_CURRENT_LIST_DIR}/*.ts ${CMAKE_CURRENT_LIST_DIR}/*.tsx ${CMAKE_CURRENT_LIST_DIR}/*.css
    ${CMAKE_CURRENT_LIST_DIR}/*.html ${CMAKE_CURRENT_LIST_DIR}/*.svg ${CMAKE_CURRENT_LIST_DIR}/*.mjs
    ${CMAKE_CURRENT_LIST_DIR}/tsconfig.json)
list(FILTER dashboard_sources EXCLUDE REGEX "node_modules/")
list(TRANSFORM dashboard_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/ OUTPUT_VARIABLE dashboard_files)

add_custom_command(OUTPUT ${dashboard}/libraries.stamp
    COMMAND ${CMAKE_COMMAND} -E make_directory ${dashboard_copy}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_LIST_DIR}/package.json
        ${CMAKE_CURRENT_LIST_DIR}/package-lock.json ${dashboard_copy}
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix ${dashboard_copy}
    COMMAND ${CMAKE_COMMAND} -E touch ${dashboard}/libraries.stamp
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/package.json ${CMAKE_CURRENT_LIST_DIR}/package-lock.json
    COMMENT "Libraries of the dashboard (npm)" VERBATIM)

add_custom_command(OUTPUT ${dashboard}/dashboard_assets.cpp
    COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_CURRENT_LIST_DIR} -DTO=${dashboard_copy}
        "-DFILES=${dashboard_sources}" -P ${CMAKE_CURRENT_LIST_DIR}/copy_sources.cmake
    COMMAND ${CMAKE_COMMAND} -E chdir ${dashboard_copy} ${NODE} build.mjs ${dashboard}
    DEPENDS ${dashboard}/libraries.stamp ${dashboard_files}
        ${CMAKE_CURRENT_LIST_DIR}/copy_sources.cmake
    COMMENT "Bundle of the dashboard" VERBATIM)

target_sources(dtrace_master PRIVATE ${dashboard}/dashboard_assets.cpp)
