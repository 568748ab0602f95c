// Boost.JSON, compiled in: a host that links the tuner needs no library for it.
#include <boost/json/src.hpp>
