# The dashboard in a browser, fed by the demo; and its types. Target browser_libraries brings what npm
# has to bring, so that the tests themselves need no network.
set(browser_libraries ${PROJECT_BINARY_DIR}/browser)
add_custom_target(browser_libraries
    COMMAND ${CMAKE_COMMAND} -E make_directory ${browser_libraries}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_LIST_DIR}/package.json
        ${CMAKE_CURRENT_LIST_DIR}/package-lock.json ${browser_libraries}
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix ${browser_libraries}
    COMMENT "Libraries of the browser tests (npm)" VERBATIM)

add_test(NAME dashboard_types COMMAND ${NODE} node_modules/typescript/bin/tsc --noEmit
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/dashboard/source)
file(GLOB browser_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.mjs)
foreach(file IN LISTS browser_tests)
    get_filename_component(name ${file} NAME_WE)
    add_test(NAME browser_${name} COMMAND ${NODE} --test ${file})
    set_tests_properties(browser_${name} PROPERTIES TIMEOUT 1800 COST 70 LABELS browser
        ENVIRONMENT "DTRACE_NODE=$<TARGET_FILE:dtrace-node>;DTRACE_BROWSER_LIBRARIES=${browser_libraries};DTRACE_PICTURES=${PROJECT_BINARY_DIR}/browser/pictures;DTRACE_DASHBOARD_SOURCE=${PROJECT_BINARY_DIR}/dashboard/source")
endforeach()
set_tests_properties(browser_speed_test browser_network_test PROPERTIES RUN_SERIAL ON)
set_tests_properties(dashboard_types PROPERTIES LABELS browser)
