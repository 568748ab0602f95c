option(AUTO_TUNER_JOINED
  "Compile together what includes the same: saves half the time of a build that \
is done once. Names in their anonymous namespaces must differ" OFF)

# Where that is wanted, compiles the given sources of a target in two goes, as
# there are two cores at least, and its others one by one.
function(join_sources target)
  if(NOT AUTO_TUNER_JOINED)
    return()
  endif()
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set(go 0)
  foreach(source IN LISTS ARGN)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${go})
    math(EXPR go "1 - ${go}")
  endforeach()
  # Every source is an included file then.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
endfunction()
