# The Debian package: cpack -G DEB. It has all that is installed, and what makes
# a service of it; policy 4.6 and lintian say where.
set(debian ${CMAKE_CURRENT_SOURCE_DIR}/config/debian)
set(package_name auto-tuner)
set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/${package_name})

# @file{NAME} compressed the same each time: no name, no time.
function(gzip source name)
  execute_process(COMMAND gzip -9nc ${source}
    OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/package/${name}
    COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
endfunction()

file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/package)
gzip(${debian}/changelog changelog.Debian.gz)
gzip(${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md changelog.gz)
gzip(${CMAKE_CURRENT_SOURCE_DIR}/man/auto_tuner.1 auto_tuner.1.gz)

install(FILES ${CMAKE_CURRENT_BINARY_DIR}/package/auto_tuner.1.gz
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES app/completion/auto_tuner.bash RENAME auto_tuner
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES README.md ${debian}/copyright
  ${CMAKE_CURRENT_BINARY_DIR}/package/changelog.Debian.gz
  ${CMAKE_CURRENT_BINARY_DIR}/package/changelog.gz
  DESTINATION ${doc_dir})
install(DIRECTORY docs DESTINATION ${doc_dir})

# What only a package puts in place.
install(FILES config/systemd/auto_tuner.service
  DESTINATION /lib/systemd/system COMPONENT package EXCLUDE_FROM_ALL)
install(PROGRAMS config/systemd/make_token
  DESTINATION lib/auto_tuner
  COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${debian}/auto_tuner.json
  DESTINATION /etc/auto_tuner COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS
  ${CMAKE_BINARY_DIR} ${PROJECT_NAME} ALL /
  ${CMAKE_BINARY_DIR} ${PROJECT_NAME} package /)
set(CPACK_PACKAGE_NAME ${package_name})
set(CPACK_PACKAGE_CONTACT "The Auto-Tuner authors <auto-tuner@example.org>")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON) # Some of it goes to /etc and /lib.
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, stunnel4")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "live tuning of batching and caching in serving hosts")
set(CPACK_PACKAGE_DESCRIPTION
"Auto-Tuner keeps a serving host, such as an inference server with dynamic
batching, at the cheapest settings of batch size, batch timeout and cache
size that meet its latency objective. It changes them live, with a reason in
words, judges each change and undoes what does harm.

The package has the service, the command line, the C++ library for hosts that
embed the tuner, alert rules for Prometheus and a dashboard for Grafana.")
include(CPack)
