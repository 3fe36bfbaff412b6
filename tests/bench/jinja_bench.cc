// Times the template engine: compiling and rendering models and macros as a project has them.
//
//   jinja_bench [seconds per measurement, default 0.5]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "jinja/render.h"

using namespace modelc;
using namespace modelc::jinja;

namespace {

constexpr const char* kModel = R"({{ config(materialized='table', tags=['daily', 'core']) }}

with orders as (
    select * from {{ ref('stg_orders') }}
),

payments as (
    select * from {{ ref('stg_payments') }}
),

customers as (
    select * from {{ source('crm', 'customers') }}
),

order_payments as (
    select
        order_id,
        {% for payment_method in ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] -%}
        sum(case when payment_method = '{{ payment_method }}' then amount else 0 end) as {{ payment_method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount
    from payments
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.status,
    customers.name,
    order_payments.total_amount as amount
from orders
left join order_payments on orders.order_id = order_payments.order_id
left join customers on orders.customer_id = customers.id
{% if is_incremental() %}
where orders.order_date > (select max(order_date) from {{ this }})
{% endif %}
)";

constexpr const char* kMacros = R"({% macro cents_to_dollars(column_name, precision=2) -%}
    ({{ column_name }} / 100)::numeric(16, {{ precision }})
{%- endmacro %}

{% macro star(relation, except=[]) -%}
    {%- set columns = [] -%}
    {%- for column in relation if column not in except -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    {{ return(columns | join(', ')) }}
{%- endmacro %}
)";

struct Names : Context {
  Value dict = Value::dict();
  bool lookup(std::string_view name, Value& out) override {
    const Value* found = dict.as_dict().find(name);
    if (!found) return false;
    out = *found;
    return true;
  }
};

double seconds = 0.5;

double cpu_time() {  // of this thread: other programs don't disturb it
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Body>
void measure(const char* name, const Body& body) {
  body();
  size_t rounds = 0;
  double begin = cpu_time();
  double elapsed = 0;
  for (size_t batch = 1; elapsed < seconds; batch *= 2) {
    for (size_t i = 0; i < batch; ++i) body();
    rounds += batch;
    elapsed = cpu_time() - begin;
  }
  std::printf("%-44s %10.2f us\n", name, elapsed / static_cast<double>(rounds) * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds = std::atof(argv[1]);
  SourceMap sources;
  auto file = [&](std::string text) { return sources.add("bench.sql", std::move(text)); };
  const SourceFile* model = file(kModel);
  const SourceFile* macros = file(kMacros);
  const SourceFile* small =
      file("select * from {{ ref('a') }} join {{ ref('b') }} using (id) where x > {{ var('limit', 5) }}");
  const SourceFile* plain = file("select 1 as id");

  Names names;
  auto text_function = [](const char* text) {
    return [text](State&, CallArgs& args) {
      return Value(std::string(text) + (args.positional.empty() ? "" : to_str(args.positional[0])));
    };
  };
  DictData& dict = names.dict.as_dict();
  for (const char* name : {"ref", "source", "var"}) dict.set(name, Value::function(name, text_function("main.")));
  dict.set("config", Value::function("config", text_function("")));
  dict.set("is_incremental", Value::function("is_incremental", [](State&, CallArgs&) { return Value(false); }));
  dict.set("this", Value("main.orders"));
  dict.set("return", Value::function("return", [](State& state, CallArgs& args) {
             state.set_return(args.positional[0]);
             return Value();
           }));
  TemplatePtr macro_template = compile(*macros);
  for (const MacroInfo& macro : macro_template->macros()) {
    dict.set(macro.name, bind_macro(macro_template, macro.index, names, nullptr, macro.name));
  }

  std::printf("model: %zu bytes, macros: %zu bytes\n", model->text().size(), macros->text().size());
  measure("compile model", [&] { compile(*model); });
  measure("compile macro file", [&] { compile(*macros); });
  measure("compile small model", [&] { compile(*small); });
  measure("compile plain text", [&] { compile(*plain); });

  auto time_render = [&](const char* name, const SourceFile* source, bool trace = false) {
    TemplatePtr tmpl = compile(*source);
    RenderOptions options;
    options.trace = trace;
    measure(name, [&] { render(*tmpl, names, options); });
  };
  time_render("render model", model);
  time_render("render model with trace", model, true);
  time_render("render small model", small);
  time_render("render plain text", plain);
  time_render("render 10 macro calls", file("{% for i in range(10) %}{{ cents_to_dollars('amount') }},{% endfor %}"));
  time_render("render 10 macro calls with return()",
              file("{% for i in range(10) %}{{ star(['a', 'b', 'c'], except=['b']) }},{% endfor %}"));
  time_render(
      "render 100 loop rounds with arithmetic",
      file(
          "{% set ns = namespace(t=0) %}{% for i in range(100) %}{% set ns.t = ns.t + i * 2 %}{% endfor %}{{ ns.t }}"));
  time_render("render 100 loop rounds with loop.index",
              file("{% for i in range(100) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}"));
  return 0;
}
