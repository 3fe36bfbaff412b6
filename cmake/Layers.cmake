# modelc_layer(NAME [DEPS lower-layer] [LIBS libraries...]): src/NAME/**.cc as the static library modelc_NAME.
function(modelc_layer name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  if(NOT sources)
    file(WRITE ${PROJECT_BINARY_DIR}/empty_${name}.cc "")
    set(sources ${PROJECT_BINARY_DIR}/empty_${name}.cc)
  endif()
  add_library(modelc_${name} STATIC ${sources})
  target_include_directories(modelc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(modelc_${name} PRIVATE -Wall -Wextra -Wpedantic -Wno-unused-parameter
    $<$<BOOL:${MODELC_WERROR}>:-Werror>)
  foreach(dep IN LISTS arg_DEPS)
    target_link_libraries(modelc_${name} PUBLIC modelc_${dep})
  endforeach()
  target_link_libraries(modelc_${name} PUBLIC ${arg_LIBS})
endfunction()

# The Jinja-SQL of src/global_project and src/adapters/*/macros, compiled into modelc_run's lower layer `parse`.
function(modelc_embed_macros)
  file(GLOB_RECURSE macros CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/src/global_project/*.sql ${PROJECT_SOURCE_DIR}/src/global_project/*.md
    ${PROJECT_SOURCE_DIR}/src/global_project/*.yml ${PROJECT_SOURCE_DIR}/src/adapters/*/macros/*.sql)
  set(out ${PROJECT_BINARY_DIR}/embedded_macros.cc)
  set(inputs)
  foreach(file IN LISTS macros)
    list(APPEND inputs ${PROJECT_SOURCE_DIR}/src/${file})
  endforeach()
  string(REPLACE ";" "\n" listing "${macros}")
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/embedded_macros.txt CONTENT "${listing}\n")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}/src -DLIST=${PROJECT_BINARY_DIR}/embedded_macros.txt
            -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedMacros.cmake
    DEPENDS ${inputs} ${PROJECT_BINARY_DIR}/embedded_macros.txt ${PROJECT_SOURCE_DIR}/cmake/EmbedMacros.cmake VERBATIM)
  target_sources(modelc_parse PRIVATE ${out})
endfunction()
