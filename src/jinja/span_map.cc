#include <algorithm>

#include "jinja/render.h"

namespace modelc::jinja {

Span SpanMap::origin(uint32_t offset) const {
  auto after = std::upper_bound(segments.begin(), segments.end(), offset,
                                [](uint32_t at, const Segment& segment) { return at < segment.out_begin; });
  if (after == segments.begin()) return {};
  const Segment& segment = *(after - 1);
  if (!segment.verbatim) return segment.source;
  uint32_t at = segment.source.begin + (offset - segment.out_begin);
  if (at >= segment.source.end) return {};
  return {segment.source.file, at, at + 1};
}

}  // namespace modelc::jinja
