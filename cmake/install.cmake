# Installs the program, the library and a CMake package for embedders.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/auto_tuner)

install(TARGETS auto_tuner_program DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS auto_tuner EXPORT auto_tuner_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS auto_tuner_engine LIBRARY DESTINATION ${engine_dir})
install(EXPORT auto_tuner_targets
  NAMESPACE auto_tuner:: DESTINATION ${package_dir})

# The public header and what it includes.
install(FILES app/auto_tuner/auto_tuner.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/auto_tuner)
install(DIRECTORY messages actors config
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/auto_tuner
  FILES_MATCHING PATTERN "*.hpp"
  REGEX "/config/(debian|grafana|hosts|prometheus|stunnel|systemd)$" EXCLUDE)
install(FILES config/default.json config/example.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/auto_tuner)
install(DIRECTORY config/prometheus config/grafana config/stunnel config/hosts
  DESTINATION ${CMAKE_INSTALL_DATADIR}/auto_tuner USE_SOURCE_PERMISSIONS)

configure_package_config_file(cmake/auto_tuner-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/auto_tuner-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/auto_tuner-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/auto_tuner-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/auto_tuner-config-version.cmake
  DESTINATION ${package_dir})
