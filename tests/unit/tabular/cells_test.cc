#include "tabular/cells.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

/// "int 5", "real 0.5", "text x", "null", or the reason why the value is refused.
std::string cast(ColumnKind kind, RawValue value, std::vector<std::string> formats = {},
                 std::vector<std::string> nulls = {""}) {
  ColumnCaster caster({"c", kind, std::move(formats)}, std::move(nulls));
  Cell cell;
  if (const std::string fault = caster.cast(value, cell); !fault.empty()) return fault;
  switch (cell.kind) {
    case Cell::Kind::null:
      return "null";
    case Cell::Kind::integer:
      return "int " + std::to_string(cell.integer);
    case Cell::Kind::real:
      return "real " + std::to_string(cell.real);
    default:
      return "text " + std::string(cell.text);
  }
}

std::string cast(ColumnKind kind, std::string_view text, std::vector<std::string> formats = {}) {
  return cast(kind, RawValue{RawValue::Kind::plain, text}, std::move(formats));
}

}  // namespace

TEST_CASE("the kind of a column follows from its SQL type") {
  CHECK(column_kind("BIGINT") == ColumnKind::integer);
  CHECK(column_kind("int8") == ColumnKind::integer);
  CHECK(column_kind("varchar(20)") == ColumnKind::text);
  CHECK(column_kind("STRING") == ColumnKind::text);
  CHECK(column_kind("double precision") == ColumnKind::real);
  CHECK(column_kind("decimal(10,2)") == ColumnKind::decimal);
  CHECK(column_kind("Boolean") == ColumnKind::boolean);
  CHECK(column_kind("date") == ColumnKind::date);
  CHECK(column_kind("datetime") == ColumnKind::timestamp);
  CHECK(column_kind("timestamp with time zone") == ColumnKind::timestamp);
  CHECK(column_kind("interval") == ColumnKind::natural);
  CHECK(column_kind("") == ColumnKind::natural);
}

TEST_CASE("integers are exact to 64 bits") {
  CHECK(cast(ColumnKind::integer, "2053013555631882655") == "int 2053013555631882655");
  CHECK(cast(ColumnKind::integer, " -7 ") == "int -7");
  CHECK(cast(ColumnKind::integer, "+7") == "int 7");
  CHECK(cast(ColumnKind::integer, "17850.0") == "int 17850");
  CHECK(cast(ColumnKind::integer, "17850.5") == "'17850.5' is no integer of 64 bits");
  CHECK(cast(ColumnKind::integer, "9223372036854775808") == "'9223372036854775808' is no integer of 64 bits");
  CHECK(cast(ColumnKind::integer, "12x") == "'12x' is no integer of 64 bits");
  CHECK(cast(ColumnKind::integer, "-.0") == "'-.0' is no integer of 64 bits");
  CHECK(cast(ColumnKind::integer, "") == "null");
  CHECK(cast(ColumnKind::integer, RawValue{RawValue::Kind::quoted, " "}) == "null");
}

TEST_CASE("numbers with a point") {
  CHECK(cast(ColumnKind::real, "1e3") == "real 1000.000000");
  CHECK(cast(ColumnKind::real, "24.76") == "real 24.760000");
  CHECK(cast(ColumnKind::real, "1,234.50") == "'1,234.50' is no number");
  CHECK(cast(ColumnKind::real, "nan") == "'nan' is no number");
  CHECK(cast(ColumnKind::decimal, "2053013555631882655") == "int 2053013555631882655");
  CHECK(cast(ColumnKind::decimal, "0.5") == "real 0.500000");
}

TEST_CASE("texts stay as they are, and which are null is the user's to say") {
  CHECK(cast(ColumnKind::text, " 007 ") == "text  007 ");
  CHECK(cast(ColumnKind::text, "") == "null");
  CHECK(cast(ColumnKind::text, RawValue{RawValue::Kind::quoted, ""}) == "text ");
  CHECK(cast(ColumnKind::text, RawValue{RawValue::Kind::quoted, "NULL"}, {}, {"", "NULL"}) == "null");
  CHECK(cast(ColumnKind::integer, RawValue{RawValue::Kind::plain, " N/A "}, {}, {"N/A"}) == "null");
  CHECK(cast(ColumnKind::text, RawValue{RawValue::Kind::plain, ""}, {}, {}) == "text ");
}

TEST_CASE("booleans") {
  CHECK(cast(ColumnKind::boolean, "True") == "int 1");
  CHECK(cast(ColumnKind::boolean, "no") == "int 0");
  CHECK(cast(ColumnKind::boolean, "2") == "'2' is no boolean");
}

TEST_CASE("dates and times become ISO texts") {
  CHECK(cast(ColumnKind::date, "2011-12-10") == "text 2011-12-10");
  CHECK(cast(ColumnKind::date, "2011-12-10T00:00:00Z") == "text 2011-12-10");
  CHECK(cast(ColumnKind::date, "2011-02-31") == "'2011-02-31' is no date");
  CHECK(cast(ColumnKind::date, "2011-12-10 08:00:00") == "'2011-12-10 08:00:00' is no date");
  CHECK(cast(ColumnKind::date, "31/01/2011", {"%Y-%m-%d", "%d/%m/%Y"}) == "text 2011-01-31");
  CHECK(cast(ColumnKind::date, "31/02/2011", {"%d/%m/%Y"}) == "'31/02/2011' is no date");
  CHECK(cast(ColumnKind::timestamp, "2019-10-01 00:00:00 UTC") == "text 2019-10-01 00:00:00");
  CHECK(cast(ColumnKind::timestamp, "2019-10-01T02:30:00+02:00") == "text 2019-10-01 00:30:00");
  CHECK(cast(ColumnKind::timestamp, "2019-10-01") == "text 2019-10-01 00:00:00");
  CHECK(cast(ColumnKind::timestamp, "12/9/2011 8:26", {"%m/%d/%Y %H:%M"}) == "text 2011-12-09 08:26:00");
  CHECK(cast(ColumnKind::timestamp, "09.12.2011 08:26:01.25", {"%d.%m.%Y %H:%M:%S.%f"}) ==
        "text 2011-12-09 08:26:01.250000");
  CHECK(cast(ColumnKind::timestamp, "2011-12-09 00:10:00 +0100", {"%Y-%m-%d %H:%M:%S %z"}) ==
        "text 2011-12-08 23:10:00");
}

TEST_CASE("without a declared type, JSON's values keep their own") {
  using Kind = RawValue::Kind;
  CHECK(cast(ColumnKind::natural, RawValue{Kind::number, "2053013555631882655"}) == "int 2053013555631882655");
  CHECK(cast(ColumnKind::natural, RawValue{Kind::number, "20530135556318826550"}) == "text 20530135556318826550");
  CHECK(cast(ColumnKind::natural, RawValue{Kind::number, "1.50"}) == "real 1.500000");
  CHECK(cast(ColumnKind::natural, RawValue{Kind::boolean, "true"}) == "int 1");
  CHECK(cast(ColumnKind::natural, RawValue{Kind::nested, "{\"a\":1}"}) == "text {\"a\":1}");
  CHECK(cast(ColumnKind::natural, RawValue{Kind::null, ""}) == "null");
  CHECK(cast(ColumnKind::natural, "1.50") == "text 1.50");
  CHECK(cast(ColumnKind::text, RawValue{Kind::number, "1.50"}) == "text 1.50");
}

TEST_CASE("what is written as the table has it stays the same text") {
  CHECK(cast(ColumnKind::timestamp, "2011-12-09 08:26:00") == "text 2011-12-09 08:26:00");
  CHECK(cast(ColumnKind::timestamp, "2011-12-09 24:00:00") == "text 2011-12-10 00:00:00");
  CHECK(cast(ColumnKind::timestamp, "2011-12-09 08:26+02") == "text 2011-12-09 06:26:00");
  CHECK(cast(ColumnKind::timestamp, "2011-12-09 23:59:60") == "'2011-12-09 23:59:60' is no timestamp");
  CHECK(cast(ColumnKind::date, " 2011-12-09 ") == "text 2011-12-09");
}
