// The colours that CSS has names for.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "base/text.h"
#include "parse/config_builder.h"

namespace modelc {
namespace {

/// Each with a blank before and behind it.
constexpr std::string_view color_names =
    " aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown "
    "burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan "
    "darkgoldenrod darkgray darkgreen darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred "
    "darksalmon darkseagreen darkslateblue darkslategray darkturquoise darkviolet deeppink deepskyblue "
    "dimgray dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray "
    "green greenyellow honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen "
    "lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightpink "
    "lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow lime "
    "limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen "
    "mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream "
    "mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod "
    "palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple "
    "rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver "
    "skyblue slateblue slategray snow springgreen steelblue tan teal thistle tomato turquoise violet wheat "
    "white whitesmoke yellow yellowgreen ";

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

}  // namespace

bool is_html_color(std::string_view text) {
  if (text.starts_with('#')) return (text.size() == 4 || text.size() == 7) && is_hex(text.substr(1));
  return !text.empty() && color_names.find(" " + to_lower(text) + " ") != std::string_view::npos;
}

}  // namespace modelc
