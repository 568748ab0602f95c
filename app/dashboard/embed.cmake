# Writes the C++ source OUTPUT that holds the files of PARTS, a list of
# `/path=file`, as dashboard_assets().
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

set(rows "")
foreach(part IN LISTS PARTS)
  string(REGEX MATCH "^([^=]*)=(.*)\\.([a-z]+)$" unused "${part}")
  set(path "${CMAKE_MATCH_1}")
  set(file "${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
  set(type "${type_${CMAKE_MATCH_3}}")
  file(SIZE "${file}" size)
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND rows "  {\"${path}\", \"${type}\", {\"${bytes}\", ${size}}},\n")
endforeach()

file(WRITE "${OUTPUT}" "#include \"app/dashboard/assets.hpp\"

namespace tuner {

static constexpr asset parts[] = {
${rows}};

std::span<const asset> dashboard_assets() { return parts; }

} // namespace tuner
")
