-- What macros give at their edges, each beside what they should.
{%- set cases = [
    (days_diff("'2025-02-28'", "'2025-03-01'"), '1'),
    (days_diff("'2024-02-28'", "'2024-03-01'"), '2'),
    (days_diff("'2025-03-01'", "'2025-02-28'"), '-1'),
    (days_diff("'2025-01-01 23:59:59'", "'2025-01-02 00:00:01'"), '1'),
    (days_diff('null', "'2025-01-01'"), 'null'),
    (safe_divide('1', '0'), 'null'),
    (safe_divide('1', '4'), '0.25'),
    (cents_to_amount('1299'), '12.99'),
    (money('10.005'), '10.01'),
    (clean_text("' n/A '"), 'null'),
    (clean_text("' a\nb '"), "'a b'"),
    (clean_mobile("'0049 170-1'"), "'+491701'"),
    (clean_mobile("' 0170 1'"), "'01701'"),
    (safe_number("'1,234.50'"), '1234.5'),
    (safe_number("'1.2.3'"), 'null'),
    (to_date("'31/02/2025'", day_first=true), 'null'),
    (to_date("'28/02/2025'", day_first=true), "'2025-02-28'"),
    (to_date("'2/28/2025 9:05'"), "'2025-02-28'"),
    (to_date("'2025-02-28T10:00:00Z'"), "'2025-02-28'"),
    (to_timestamp("'2/28/2025 9:05'"), "'2025-02-28 09:05:00'"),
    (to_timestamp("'2025-02-28T10:00:00Z'"), "'2025-02-28 10:00:00'"),
    (to_timestamp("'2025-02-28'"), 'null'),
    (months_between("'2024-12'", "'2025-01'"), '1'),
    (date_part('isoweek', "'2024-12-30'"), '1'),
    (date_part('isoyear', "'2024-12-30'"), '2025'),
    (date_part('isoweek', "'2021-01-03'"), '53'),
    (date_part('isodow', "'2025-01-05'"), '7'),
    (week_start("'2025-01-05'"), "'2024-12-30'"),
    (last_day_of_month("'2024-02-10'"), "'2024-02-29'"),
    (hour_band("'2025-01-01 05:59:59'"), "'night'"),
    (hour_band("'2025-01-01 06:00:00'"), "'morning'"),
    (hour_band("'2025-01-01'"), "'unknown'"),
    (surrogate_key(["'a'", 'null']) ~ ' = ' ~ surrogate_key(["'a'", "'b'"]), '0'),
] %}
with

cases as (
{% for found, expected in cases %}
    select {{ loop.index }} as number, {{ found }} as found, {{ expected }} as expected
    {{ 'union all' if not loop.last }}
{%- endfor %}

)

select *
from cases
where found is distinct from expected
