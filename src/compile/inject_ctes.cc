#include "compile/inject_ctes.h"

#include <algorithm>

#include "base/text.h"

namespace modelc {
namespace {

using jinja::SpanMap;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

size_t skip_blanks(std::string_view sql, size_t at) {
  while (at < sql.size() && is_blank(sql[at])) ++at;
  return at;
}

size_t skip_blanks_and_comments(std::string_view sql, size_t at) {
  for (;;) {
    at = skip_blanks(sql, at);
    if (sql.substr(at).starts_with("--")) {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (sql.substr(at).starts_with("/*")) {
      const size_t end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      return at;
    }
  }
}

/// The end of the keyword at `at`, or npos when another word stands there.
size_t match_word(std::string_view sql, size_t at, std::string_view word) {
  const size_t end = at + word.size();
  if (end > sql.size() || !equals_ignore_case(sql.substr(at, word.size()), word)) return std::string_view::npos;
  return end < sql.size() && is_word(sql[end]) ? std::string_view::npos : end;
}

/// Joins texts with their origins.
class Assembler {
 public:
  void add(std::string_view text) {
    mark(Span{}, false);
    out_ += text;
  }

  /// Bytes [begin, end) of a mapped text.
  void add(std::string_view text, const SpanMap* map, size_t begin, size_t end) {
    if (!map) {
      mark(Span{}, false);
    } else {
      const auto& segments = map->segments;
      for (size_t i = 0; i < segments.size(); ++i) {
        const size_t segment_end = i + 1 < segments.size() ? segments[i + 1].out_begin : text.size();
        const size_t from = std::max<size_t>(segments[i].out_begin, begin), to = std::min(segment_end, end);
        if (from >= to) continue;
        Span source = segments[i].source;
        if (segments[i].verbatim) source.begin += static_cast<uint32_t>(from - segments[i].out_begin);
        map_.segments.push_back({static_cast<uint32_t>(out_.size() + from - begin), source, segments[i].verbatim});
      }
    }
    out_ += text.substr(begin, end - begin);
  }

  InjectedSql take() { return {std::move(out_), std::make_shared<const SpanMap>(std::move(map_))}; }

 private:
  void mark(Span source, bool verbatim) {
    map_.segments.push_back({static_cast<uint32_t>(out_.size()), source, verbatim});
  }

  std::string out_;
  SpanMap map_;
};

void add_all(Assembler& out, const std::vector<Cte>& ctes) {
  for (size_t i = 0; i < ctes.size(); ++i) {
    if (i > 0) out.add(", ");
    out.add(ctes[i].text, ctes[i].map.get(), 0, ctes[i].text.size());
  }
}

}  // namespace

Cte make_cte(std::string unique_id, const std::string& name, const std::string& sql,
             const std::shared_ptr<const SpanMap>& map) {
  Assembler out;
  out.add(" " + name + " as (\n");
  out.add(sql, map.get(), 0, sql.size());
  out.add("\n)");
  auto built = out.take();
  return {std::move(unique_id), std::move(built.text), std::move(built.map)};
}

void add_cte(std::vector<Cte>& list, const Cte& cte) {
  const auto same =
      std::find_if(list.begin(), list.end(), [&](const Cte& have) { return have.unique_id == cte.unique_id; });
  if (same == list.end()) list.push_back(cte);
}

InjectedSql inject_ctes(const std::string& sql, const std::shared_ptr<const SpanMap>& map,
                        const std::vector<Cte>& ctes) {
  if (ctes.empty()) return {sql, map};
  Assembler out;
  size_t with_end = match_word(sql, skip_blanks_and_comments(sql, 0), "with");
  if (with_end == std::string_view::npos) {
    const size_t start = skip_blanks(sql, 0);
    out.add(sql, map.get(), 0, start);
    out.add("with");
    add_all(out, ctes);
    out.add(" ");
    out.add(sql, map.get(), start, sql.size());
    return out.take();
  }
  const size_t recursive_end = match_word(sql, skip_blanks_and_comments(sql, with_end), "recursive");
  if (recursive_end != std::string_view::npos) with_end = recursive_end;
  const size_t next = skip_blanks(sql, with_end);
  out.add(sql, map.get(), 0, next);
  add_all(out, ctes);
  out.add(", ");
  out.add(sql, map.get(), next, sql.size());
  return out.take();
}

}  // namespace modelc
