#include <doctest/doctest.h>

#include "session.h"

using modelc::test::Session;

namespace {

struct Case {
  const char* sql;       ///< an expression
  const char* expected;  ///< Python's str of its value
};

template <size_t N>
void check(const Case (&cases)[N]) {
  Session session;
  for (const auto& c : cases) {
    CAPTURE(std::string(c.sql));
    CHECK(session.text(std::string("select ") + c.sql) == std::string(c.expected));
  }
}

void check_error(Session& session, const std::string& sql, const std::string& part) {
  CAPTURE(sql);
  try {
    session.run(sql);
    FAIL("no error");
  } catch (const modelc::DatabaseError& error) {
    CHECK(error.diagnostic().message.find(part) != std::string::npos);
  }
}

constexpr const char* numbers =
    "(select 1 as x, 'a' as g, 10 as y union all select 2, 'a', 20 union all select 4, 'b', 35 union all select null, "
    "'b', 5)";

}  // namespace

TEST_CASE("digests are blobs, as sqlean's") {
  check({
      {"typeof(md5('a'))", "blob"},
      {"hex(md5('abc'))", "900150983CD24FB0D6963F7D28E17F72"},
      {"hex(md5(coalesce(cast(1 as varchar), '') || '|' || coalesce(cast('2020-01-01' as varchar), '')))",
       "88B5437ABFF175D593F11BF680FA5C71"},
      {"md5(null)", "None"},
      {"lower(hex(sha1('abc')))", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"lower(hex(sha256('abc')))", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"length(sha512(x'00'))", "64"},
  });
}

TEST_CASE("texts") {
  check({
      {"\"left\"('grün', 3)", "grü"},
      {"\"left\"('abc', -1)", "ab"},
      {"\"left\"('abc', 9)", "abc"},
      {"\"left\"(null, 1)", "None"},
      {"\"right\"('grün', 2)", "ün"},
      {"\"right\"('abc', -1)", "bc"},
      {"\"right\"('abc', 0)", ""},
      {"repeat('ab', 3)", "ababab"},
      {"repeat('ab', -1)", ""},
      {"reverse('grün')", "nürg"},
      {"initcap('john SMITH')", "John Smith"},
      {"lpad('7', 3, '0')", "007"},
      {"lpad('abcd', 2)", "ab"},
      {"rpad('ü', 3, 'xy')", "üxy"},
      {"lpad('x', 3)", "  x"},
      {"split_part('a|b|c', '|', 2)", "b"},
      {"split_part('a|b|c', '|', -1)", "c"},
      {"split_part('a|b|c', '|', 4)", ""},
      {"split_part('a|b|c', '|', -4)", ""},
      {"split_part(null, '|', 1)", "None"},
      {"starts_with('abc', 'ab')", "1"},
      {"ends_with('abc', 'b')", "0"},
      {"contains('abc', 'b')", "1"},
      {"concat('a', null, 1)", "a1"},
      {"concat_ws('-', 'a', null, 'b')", "a-b"},
      {"concat_ws(null, 'a')", "None"},
      {"translate('abcabc', 'abc', 'xy')", "xyxy"},
      {"array_concat('[1,2]', '[\"a\",null]')", "[1,2,\"a\",null]"},
      {"array_concat('[]', '[]')", "[]"},
      {"array_to_string('[1,null,\"b\"]', ', ')", "1, b"},
  });
  Session session;
  check_error(session, "select split_part('a', 'b', 0)", "counted from 1");
  check_error(session, "select array_concat('{}', '[]')", "not a JSON array");
  check_error(session, "select repeat('abcdefgh', 1000000000)", "too long");
}

TEST_CASE("regular expressions") {
  check({
      {"'abc123' regexp '[0-9]+'", "1"},
      {"'abc' regexp '^b'", "0"},
      {"null regexp 'a'", "None"},
      {"regexp_like('ABC', 'b', 'i')", "1"},
      {"regexp_like('ABC', 'b')", "0"},
      {"regexp_substr('id-42-7', '[0-9]+')", "42"},
      {"regexp_extract('id-42', '(\\w+)-(\\d+)', 2)", "42"},
      {"regexp_substr('x', '[0-9]')", "None"},
      {"regexp_count('a1b22', '[0-9]')", "3"},
      {"regexp_replace('2026-01-31', '(\\d+)-(\\d+)-(\\d+)', '\\3.$2.${1}')", "31.01.2026"},
      {"regexp_replace('aaa', 'a', '')", ""},
      {"regexp_replace('abc', 'x*', '-')", "-a-b-c-"},
  });
  Session session;
  check_error(session, "select 'a' regexp '('", "");
  check_error(session, "select regexp_extract('a', 'a', 1)", "no group");
  check_error(session, "select '" + std::string(40, 'a') + "!' regexp '(a+)+$'", "");
  // A pattern that differs from row to row is compiled anew.
  CHECK(session.text("select group_concat(t regexp p) from (select 'ab' as t, 'a' as p union all select 'ab', 'x' "
                     "union all select 'ab', 'b')") == "1,0,1");
}

TEST_CASE("dates are truncated, shifted and compared") {
  check({
      {"date_trunc('month', '2026-02-14')", "2026-02-01"},
      {"date_trunc('month', '2026-02-14 10:11:12')", "2026-02-01 00:00:00"},
      {"date_trunc('week', '2026-02-14')", "2026-02-09"},
      {"date_trunc('quarter', '2026-05-14')", "2026-04-01"},
      {"date_trunc('hour', '2026-02-14T10:11:12.5Z')", "2026-02-14 10:00:00"},
      {"date_trunc('second', '2026-02-14 10:11:12.567')", "2026-02-14 10:11:12"},
      {"date_trunc('day', 'no date')", "None"},
      {"date_trunc('century', '2001-06-01')", "2001-01-01"},
      {"date_trunc('day', '2026-02-14 01:00:00+02:00')", "2026-02-13 00:00:00"},
      {"dateadd('month', 1, '2026-01-31')", "2026-02-28"},
      {"dateadd('month', 1, '2018-01-01 01:00:00')", "2018-02-01 01:00:00"},
      {"dateadd('hour', 1, '2018-01-01 23:30:00')", "2018-01-02 00:30:00"},
      {"dateadd('hour', 5, '2018-01-01')", "2018-01-01 05:00:00"},
      {"dateadd('day', -1, '2020-03-01')", "2020-02-29"},
      {"dateadd('year', 1, '2020-02-29')", "2021-02-28"},
      {"dateadd('millisecond', 1, '2020-01-01 00:00:00')", "2020-01-01 00:00:00.001"},
      {"dateadd('day', null, '2020-01-01')", "None"},
      {"dateadd('year', 9000, '2020-01-01')", "None"},
      {"dateadd('weeks', 1.0, '2020-01-01')", "2020-01-08"},
      {"dateadd('microsecond', -1, '2020-01-01 00:00:00')", "2019-12-31 23:59:59.999999"},
      {"dateadd('second', 100000000000, '2020-01-01')", "5188-11-15 09:46:40"},
      {"datediff('week', '2019-12-31', '2019-12-27')", "-1"},
      {"datediff('week', '2019-12-31', '2019-12-30')", "0"},
      {"datediff('week', '2019-12-31', '2020-01-06 02:00:00')", "1"},
      {"datediff('minute', '2018-01-01 01:00:00', '2018-01-01 02:01:00')", "61"},
      {"datediff('month', '1999-12-31 23:59:59.999999', '2000-01-01 00:00:00.000000')", "1"},
      {"datediff('second', '1999-12-31 23:59:59.999999', '2000-01-01')", "1"},
      {"datediff('hour', null, '2018-01-01')", "None"},
      {"datediff('quarter', '2020-01-31', '2021-01-01')", "4"},
      {"datediff('day', '2020-03-01', '2020-02-01')", "-29"},
      {"last_day('2018-01-02')", "2018-01-31"},
      {"last_day('2018-01-02', 'quarter')", "2018-03-31"},
      {"last_day('2020-02-02 10:00:00', 'year')", "2020-12-31"},
      {"to_timestamp('2020-01-01')", "2020-01-01 00:00:00"},
      {"to_timestamp('2020-01-01T10:11:12.25Z')", "2020-01-01 10:11:12.25"},
      {"date_part('isodow', '2026-02-15')", "7"},
      {"date_part('dow', '2026-02-15')", "0"},
      {"date_part('week', '2021-01-01')", "53"},
      {"date_part('isoyear', '2021-01-01')", "2020"},
      {"date_part('doy', '2020-12-31')", "366"},
      {"date_part('epoch', '1970-01-02')", "86400"},
      {"date_part('second', '2020-01-01 00:00:01.5')", "1.5"},
      {"date_part('quarter', '2020-07-01')", "3"},
      {"date_trunc('day', 2461086.75)", "2026-02-15 00:00:00"},
  });
  Session session;
  check_error(session, "select date_trunc('fortnight', '2020-01-01')", "no part of a date");
  CHECK(session.text("select sum(dateadd('day', 1, d) <> date(d, '+1 day')) from (with recursive n(d) as (select "
                     "'1899-12-28' union all "
                     "select date(d, '+1 day') from n where d < '2105-01-03') select d from n)") == "0");
  CHECK(session.text("select sum(last_day(d) <> date(d, 'start of month', '+1 month', '-1 day')) from (with recursive "
                     "n(d) as (select '1899-12-28' "
                     "union all select date(d, '+1 day') from n where d < '2105-01-03') select d from n)") == "0");
}

TEST_CASE("values") {
  check({
      {"greatest(1, null, 3)", "3"},
      {"least('b', 'a')", "a"},
      {"greatest(null, null)", "None"},
      {"greatest(1.5, 1)", "1.5"},
      {"to_boolean('Yes')", "1"},
      {"to_boolean('off')", "0"},
      {"to_boolean('maybe')", "None"},
      {"to_boolean(2)", "1"},
      {"try_cast('12', 'integer')", "12"},
      {"try_cast('12a', 'int')", "None"},
      {"try_cast(' 1.9 ', 'int')", "1"},
      {"try_cast('1e2', 'float')", "100.0"},
      {"try_cast('2026-01-31 10:00', 'date')", "2026-01-31"},
      {"try_cast('x', 'timestamp')", "None"},
      {"try_cast(5, 'varchar(3)')", "5"},
      {"try_cast('9223372036854775807', 'bigint')", "9223372036854775807"},
      {"try_cast('', 'int')", "None"},
  });
}

TEST_CASE("statistics") {
  Session session;
  const std::string from = std::string(" from ") + numbers;
  const Case cases[] = {
      {"median(x)", "2.0"},
      {"round(stddev(x), 6)", "1.527525"},
      {"round(var_pop(x), 6)", "1.555556"},
      {"round(variance(x), 6)", "2.333333"},
      {"percentile(x, 50)", "2.0"},
      {"percentile_cont(x, 0.25)", "1.5"},
      {"percentile_disc(x, 0.25)", "1"},
      {"percentile_75(x)", "3.0"},
      {"round(corr(y, x), 6)", "0.997176"},
      {"round(covar_samp(y, x), 6)", "19.166667"},
      {"round(regr_slope(y, x), 6)", "8.214286"},
      {"median(null)", "None"},
      {"stddev(null)", "None"},
      {"percentile_disc(y * 1.0, 1)", "35.0"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.sql));
    CHECK(session.text("select " + std::string(c.sql) + from) == std::string(c.expected));
  }
  CHECK(session.text("select median(x) from (select 1 as x where 0)") == "None");
  CHECK(session.text("select round(stddev(x), 6) from (select 1000000000.1 as x union all select 1000000000.2 union "
                     "all select 1000000000.3)") == "0.1");
  check_error(session, "select percentile(x, 101)" + from, "between 0 and 100");
}

TEST_CASE("windows give what the same aggregate gives over the frame") {
  Session session;
  session.run(
      "create table t as with recursive n(i) as (select 1 union all select i + 1 from n where i < 60) "
      "select i, case when i % 7 = 0 then null else (i * 37) % 23 + i * 0.25 end as x, i % 5 > 0 as b from n");
  for (const char* call :
       {"median(x)", "stddev(x)", "variance(x)", "percentile_cont(x, 0.3)", "percentile_disc(x, 0.7)", "corr(x, i)",
        "bool_and(b)", "bool_or(b)", "count_if(b)", "string_agg(i, '-')"}) {
    CAPTURE(call);
    const std::string window =
        std::string("select i, ") + call + " over (order by i rows between 4 preceding and 2 following) as w from t";
    const std::string plain =
        std::string("select a.i, (select ") + call + " from t where t.i between a.i - 4 and a.i + 2) as w from t as a";
    CHECK(session.text("select count(*) from (" + window + ") as p join (" + plain +
                       ") as q using (i) "
                       "where not (p.w is q.w or abs(p.w - q.w) < 1e-9)") == "0");
  }
}

TEST_CASE("groups") {
  Session session;
  const std::string from = std::string(" from ") + numbers;
  const Case cases[] = {
      {"string_agg(x, ',')", "1,2,4"},
      {"bool_and(x > 0)", "1"},
      {"bool_or(x > 3)", "1"},
      {"every(x > 3)", "0"},
      {"any_value(x)", "1"},
      {"count_if(x > 1)", "2"},
      {"max_by(g, y)", "b"},
      {"min_by(x, y)", "None"},
      {"mode(g)", "a"},
      {"array_agg(x)", "[1,2,4,null]"},
      {"listagg(x, '-', null, 0, y, 'desc')", "4-2-1"},
      {"listagg(x, '-', 2, 0, y, 'asc')", "1-2"},
      {"listagg(g, '-', null, 1)", "a-b"},
      {"listagg(y, '-', null, 0, x, 'asc nulls last')", "10-20-35-5"},
      {"listagg(y, '-', null, 0, g, 'desc', y, 'asc')", "5-35-10-20"},
      {"listagg(null)", "None"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.sql));
    CHECK(session.text("select " + std::string(c.sql) + from) == std::string(c.expected));
  }
}

TEST_CASE("places of matches, counted in characters") {
  check({
      {"regexp_instr('grün, gelb', 'g')", "1"},
      {"regexp_instr('grün, gelb', 'g', 2)", "7"},
      {"regexp_instr('grün, gelb', 'g', 1, 2)", "7"},
      {"regexp_instr('grün', 'ü', 1, 1, 1)", "4"},
      {"regexp_instr('abc', 'B', 1, 1, 0, 'i')", "2"},
      {"regexp_instr('abc', 'x')", "0"},
      {"regexp_instr(null, 'x')", "None"},
  });
}

TEST_CASE("clocks of other places") {
  check({
      {"convert_timezone('America/Los_Angeles', '2021-06-07 14:35:20')", "2021-06-07 07:35:20"},
      {"convert_timezone('UTC', 'Europe/Berlin', '2021-01-07')", "2021-01-07 01:00:00"},
      {"convert_timezone('Europe/Berlin', 'UTC', '2021-07-01 00:30:00.25')", "2021-06-30 22:30:00.25"},
      {"convert_timezone('Europe/Berlin', 'UTC', '2021-03-28 02:30:00')", "2021-03-28 01:00:00"},
      {"convert_timezone('Asia/Tokyo', '1969-12-31 12:00:00')", "1969-12-31 21:00:00"},
      {"convert_timezone('UTC', 'no date')", "None"},
  });
  Session session;
  check_error(session, "select convert_timezone('Nowhere', '2021-01-01')", "unknown time zone 'Nowhere'");
}

TEST_CASE("to_char has Postgres's patterns") {
  check({
      {"to_char('2021-06-07 09:05:03.25', 'YYYY-MM-DD HH24:MI:SS.MS')", "2021-06-07 09:05:03.250"},
      {"to_char('2021-06-07', 'FMDay, FMDD. FMMonth YY')", "Monday, 7. June 21"},
      {"to_char('2021-06-07', 'Day|MON|dy')", "Monday   |JUN|mon"},
      {"to_char('2021-01-03 13:00:00', 'IYYY-IW-ID WW Q D DDD HH12 am')", "2020-53-7 01 1 1 003 01 pm"},
      {"to_char('2021-06-07', '\"day\" DD')", "day 07"},
      {"to_char(null, 'DD')", "None"},
  });
}

TEST_CASE("sort keys are in the order of order by") {
  check({
      {"sort_key(1, 'asc') < sort_key(2, 'asc')", "1"},
      {"sort_key(-1.5, 'asc') < sort_key(-1, 'asc')", "1"},
      {"sort_key(1, 'desc') > sort_key(2, 'desc')", "1"},
      {"sort_key('a', 'desc') > sort_key('ab', 'desc')", "1"},
      {"sort_key('a', 'asc', 2, 'asc') < sort_key('ab', 'asc', 1, 'asc')", "1"},
      {"sort_key(5, 'asc') < sort_key('5', 'asc')", "1"},
      {"sort_key(null, 'asc') < sort_key(-9e99, 'asc')", "1"},
      {"sort_key(null, 'asc nulls last') > sort_key('z', 'asc nulls last')", "1"},
      {"sort_key(null, 'desc') > sort_key(-9e99, 'desc')", "1"},
      {"sort_key(null, 'desc nulls first') < sort_key(9e99, 'desc nulls first')", "1"},
  });
}

TEST_CASE("casts to dates and truth values mean them") {
  check({
      {"cast('2026-01-31' as date)", "2026-01-31"},
      {"cast('2026-01-31 12:34:56' as DATE)", "2026-01-31"},
      {"cast('2026-01-31' as timestamp)", "2026-01-31 00:00:00"},
      {"cast('2026-01-31 12:34:56.500 UTC' as timestamp)", "2026-01-31 12:34:56.5"},
      {"cast('2026-01-31 12:34:56.000' as timestamp)", "2026-01-31 12:34:56"},
      {"cast('2026-01-31 10:00:00+02:00' as timestamp(6) without time zone)", "2026-01-31 08:00:00"},
      {"cast('2026-01-31 12:34:56' as time)", "12:34:56"},
      {"cast('true' as boolean)", "1"},
      {"cast(cast('2026-01-31 12:00:00' as date) as datetime)", "2026-01-31 00:00:00"},
      {"cast(max('2026-01-31', '2025-01-01') as /* the day */ date) || cast(7 as text)", "2026-01-317"},
      {"cast('no date' as date)", "None"},
      {"'cast(x as date)' || \"cast(1 as date)\" from (select 'y' as \"cast(1 as date)\")", "cast(x as date)y"},
      {"cast(2 as integer) || cast('1.50' as numeric(10, 2))", "21.5"},
      {"1 / cast(2 as numeric(28, 6))", "0.5"},
      {"cast(1.005 as DECIMAL(10,1)) || ' ' || cast(7 as number(38, 0)) || ' ' || cast(null as numeric(9,2)) is null",
       "1"},
      {"typeof(cast(cast('2026-01-31' as date) as varchar(10)))", "text"},
  });
}

TEST_CASE("an error behind a cast names its place in the SQL that came in") {
  Session session;
  const std::string sql = "select cast('2026-01-31' as date), cast('x' as boolean), nope from (select 1)";
  try {
    session.run(sql);
    FAIL("no error");
  } catch (const modelc::DatabaseError& error) {
    CHECK(error.sql() == sql);
    CHECK(error.sql_offset() == static_cast<int64_t>(sql.find("nope")));
  }
}
