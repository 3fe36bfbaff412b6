#include <doctest/doctest.h>

#include <algorithm>

#include "base/version.h"
#include "jinja/json.h"
#include "project/options.h"

using namespace modelc;

namespace {

using Environment = std::map<std::string, std::string>;

ParsedCommandLine parse(std::vector<std::string> words, const Environment& environment = {}) {
  words.insert(words.begin(), "modelc");
  return parse_command_line(words, environment);
}

Flags flags(std::vector<std::string> words, const Environment& environment = {}) {
  return parse(std::move(words), environment).invocation.flags;
}

std::string fault(std::vector<std::string> words, const Environment& environment = {}) {
  try {
    parse(std::move(words), environment);
  } catch (const Error& error) {
    CHECK(error.diagnostic().kind == ErrorKind::usage);
    return error.what() + (error.diagnostic().hint.empty() ? "" : " | " + error.diagnostic().hint);
  }
  return "accepted";
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the table of options is consistent") {
  for (const CommandSpec& command : command_table()) {
    std::map<std::string_view, std::string_view> owner;
    for (const OptionSpec* option : options_of(command)) {
      for (bool negative : {false, true}) {
        for (auto spelling : negative ? negative_spellings(*option) : positive_spellings(*option)) {
          CHECK_MESSAGE(owner.emplace(spelling, option->id).second, command.name, " has two options ", spelling);
        }
      }
      if (!option->group.empty()) CHECK_MESSAGE(!option->help.empty(), option->id);
    }
  }
}

TEST_CASE("commands and their aliases") {
  CHECK(parse({"run"}).invocation.command == "run");
  CHECK(parse({"ls"}).invocation.command == "list");
  CHECK(parse({"source", "freshness"}).invocation.command == "source freshness");
  CHECK(parse({"source", "snapshot-freshness"}).invocation.command == "source freshness");
  CHECK(parse({"--debug", "docs", "generate", "--static"}).invocation.command == "docs generate");
  CHECK(parse({"run-operation", "my_macro", "--args", "{a: 1}"}).invocation.flags.macro_name == "my_macro");
  CHECK(parse({"init", "shop"}).invocation.flags.project_name == "shop");
  CHECK(fault({"rnu"}) == "No such command 'rnu'. | did you mean 'run'?");
  CHECK(fault({"run-operation"}).find("Missing argument 'MACRO'.") == 0);
  CHECK(fault({"run", "xx"}).find("Got unexpected extra argument (xx)") == 0);
}

TEST_CASE("global flags stand before or after the command, but not both") {
  CHECK(flags({"--fail-fast", "run"}).fail_fast);
  CHECK(flags({"run", "-x"}).fail_fast);
  CHECK(flags({"-t", "prod", "run"}).target == "prod");
  CHECK(flags({"--target=prod", "run", "-q"}).target == "prod");
  CHECK(flags({"--vars", "{a: 1}", "run"}).cli_vars.get("a").as_int() == 1);
  CHECK(fault({"--debug", "run", "--debug"}) ==
        "debug was provided both before and after the subcommand, it can only be set either before or after.");
  CHECK(fault({"--select", "x", "run"}).find("No such option: --select") == 0);
}

TEST_CASE("flags have negative forms and short forms") {
  CHECK_FALSE(flags({"run", "--no-print"}).print);
  CHECK(flags({"run", "--no-print", "--print"}).print);
  CHECK_FALSE(flags({"run", "--no-partial-parse"}).partial_parse);
  CHECK(flags({"run", "-xq"}).quiet);
  CHECK(flags({"run", "-xq"}).fail_fast);
  CHECK(flags({"run", "-f"}).full_refresh);
  CHECK(flags({"init", "-s"}).skip_profile_setup);
}

TEST_CASE("lists take words up to the next option") {
  const Flags f = flags({"run", "-s", "a", "b+", "--exclude", "tag:x", "path:y", "--select", "c", "-q"});
  CHECK(f.select == Names{"a", "b+", "c"});
  CHECK(f.exclude == Names{"tag:x", "path:y"});
  CHECK(f.quiet);
  CHECK(flags({"run", "-s", "test", "run"}).select == Names{"test", "run"});  // no command names here
  CHECK(flags({"run", "-s", "a b"}).select == Names{"a", "b"});
  CHECK(flags({"run", "--select=@x,tag:y"}).select == Names{"@x,tag:y"});
  CHECK(flags({"build", "--resource-type", "model", "SEED"}).resource_types == Names{"model", "seed"});
  CHECK(flags({"build", "--resource-types", "model test"}).resource_types == Names{"model", "test"});
  CHECK(flags({"list", "--output", "json", "--output-keys", "name", "config.tags"}).output_keys ==
        Names{"name", "config.tags"});
  CHECK(flags({"list", "--output-keys", "name config.tags"}).output_keys == Names{"name", "config.tags"});
}

TEST_CASE("values are converted and checked in click's words") {
  CHECK(flags({"run", "--threads", "8"}).threads == 8);
  CHECK(flags({"show", "--limit", "-1", "-s", "x"}).show_limit == -1);
  CHECK(flags({"run", "--log-format", "JSON"}).log_format == "json");
  CHECK(fault({"run", "--threads", "x"}) == "Invalid value for '--threads': 'x' is not a valid integer.");
  CHECK(fault({"run", "--log-format", "xml"}) ==
        "Invalid value for '--log-format': 'xml' is not one of 'text', 'debug', 'json', 'default'.");
  CHECK(fault({"run", "--vars", "x"}) == "Invalid value for '--vars': String 'x' is not valid YAML");
  CHECK(fault({"run", "--vars", "{a: ["}) == "Invalid value for '--vars': String '{a: [' is not valid YAML");
  CHECK(fault({"run", "--target"}) == "Option '--target' requires an argument.");
  CHECK(fault({"run", "--project-dir", "/nope/nope"}) ==
        "Invalid value for '--project-dir': Path '/nope/nope' does not exist.");
  CHECK(fault({"run", "--fail-fas"}) == "No such option: --fail-fas | did you mean --fail-fast?");
  CHECK(fault({"test", "--full-refresh"}).find("No such option: --full-refresh") == 0);
  CHECK(fault({"build", "--resource-type", "modl"})
            .find("Invalid value for '--resource-types' / '--resource-type': 'modl' is not one of 'metric',") == 0);
}

TEST_CASE("the environment sets what the command line does not") {
  const Environment env = {
      {"DBT_TARGET", "ci"}, {"DBT_FULL_REFRESH", "1"}, {"DBT_QUIET", ""}, {"DBT_RESOURCE_TYPES", "model seed"}};
  CHECK(flags({"run"}, env).target == "ci");
  CHECK(flags({"run", "-t", "dev"}, env).target == "dev");
  CHECK(flags({"run"}, env).full_refresh);
  CHECK_FALSE(flags({"test"}, env).full_refresh);  // test has no such option
  CHECK_FALSE(flags({"run"}, env).quiet);          // empty means absent
  CHECK(flags({"build"}, env).resource_types == Names{"model", "seed"});
  CHECK(flags({"run"}, {{"DBT_TARGET", "a"}, {"DBT_ENGINE_TARGET", "b"}}).target == "b");
  CHECK_FALSE(flags({"run"}, {{"DBT_NO_PRINT", "true"}}).print);
  CHECK(fault({"run"}, {{"DBT_DEBUG", "maybe"}}) ==
        "Invalid value for '--debug' / '-d': 'maybe' is not a valid boolean.");
  const auto given = parse({"run"}, env).given;
  CHECK(given == Names{"full_refresh", "target"});
}

TEST_CASE("combinations that exclude or need each other") {
  CHECK(fault({"show", "--inline", "select 1", "-s", "x"}) == "inline: not allowed with argument select");
  CHECK(fault({"run", "--warn-error", "--warn-error-options", "{error: all}"}) ==
        "warn_error_options: not allowed with argument warn_error");
  CHECK(fault({"run", "--event-time-start", "2026-01-01"})
            .find("The flag `--event-time-start` was specified, but `--event-time-end` was not.") == 0);
  CHECK(fault({"run", "--event-time-start", "2026-01-02", "--event-time-end", "2026-01-01T10:00:00"}) ==
        "Value for `--event-time-start` must be less than `--event-time-end`");
  CHECK(fault({"run", "--event-time-start", "2026-02-30", "--event-time-end", "2027-01-01"})
            .find("does not match the formats") != std::string::npos);
  CHECK(flags({"run", "--event-time-start", "2026-01-01", "--event-time-end", "2026-01-01 10:00:00"}).event_time_end ==
        "2026-01-01 10:00:00");
  CHECK(flags({"list", "-m", "x"}).resource_types == Names{"model"});
  CHECK(fault({"list", "-m", "x", "-s", "y"}) == "\"models\" and \"select\" are mutually exclusive arguments");
}

TEST_CASE("warn-error options, new and old keys") {
  const Flags f = flags({"run", "--warn-error-options", "{include: all, warn: [A], silence: [B, C]}"});
  CHECK(f.warn_error_include == Names{"all"});
  CHECK(f.warn_error_exclude == Names{"A"});
  CHECK(f.warn_error_silence == Names{"B", "C"});
  CHECK(fault({"run", "--warn-error-options", "{error: all, include: [A]}"}) ==
        "Invalid value for '--warn-error-options': Only `include` or `error` can be specified in `warn_error_options`, "
        "not both");
  CHECK(fault({"run", "--warn-error-options", "{eror: all}"}).find("warn_error_options has no key 'eror'") !=
        std::string::npos);
}

TEST_CASE("flags of the project file come after the command line and the environment") {
  auto parsed = parse({"run", "--no-fail-fast"}, {{"DBT_PRINTER_WIDTH", "100"}});
  const SourceFile file(
      "f", "{fail_fast: true, printer_width: 50, use_colors: false, validate_macro_args: true, my_own: true}");
  apply_project_flags(parsed, jinja::from_yaml(load_yaml(file).root));
  const Flags& f = parsed.invocation.flags;
  CHECK_FALSE(f.fail_fast);
  CHECK(f.printer_width == 100);
  CHECK_FALSE(f.use_colors);
  CHECK(std::find(parsed.given.begin(), parsed.given.end(), "use_colors") != parsed.given.end());
  CHECK(f.behavior.at("validate_macro_args"));
  CHECK(f.behavior.at("my_own"));
  CHECK(f.behavior.at("require_generic_test_arguments_property"));
  CHECK_FALSE(f.behavior.at("state_modified_compare_vars"));
  const SourceFile bad("f", "{log_level: loud}");
  CHECK_THROWS_AS(apply_project_flags(parsed, jinja::from_yaml(load_yaml(bad).root)), Error);
}

TEST_CASE("help and version are texts to print") {
  CHECK(parse({}).print_and_exit->find("Usage: modelc [OPTIONS] COMMAND") != std::string::npos);
  CHECK(parse({"--help"}).print_and_exit->find("source freshness") != std::string::npos);
  CHECK(parse({"docs"}).print_and_exit->find("generate") != std::string::npos);
  const std::string run = *parse({"run", "--help"}).print_and_exit;
  CHECK(run.find("Usage: modelc run [OPTIONS]") == 0);
  CHECK(run.find("--full-refresh") != std::string::npos);
  CHECK(run.find("--macro-debugging") == std::string::npos);  // hidden
  CHECK(parse({"run", "-h", "-s", "x"}).print_and_exit);
  CHECK(parse({"--version"}).print_and_exit->find("installed: " + std::string(dbt_version)) != std::string::npos);
  CHECK(parse({"-v"}).print_and_exit->find(std::string(modelc_version)) != std::string::npos);
}

TEST_CASE("run_results.json gets the flags of the command") {
  auto parsed = parse({"run", "-s", "a", "--vars", "{x: 1}", "-t", "dev"});
  const jinja::Value args = flags_as_args(parsed.invocation);
  CHECK(args.get_string("which") == "run");
  CHECK(args.get_string("invocation_command") == "modelc run -s a --vars {x: 1} -t dev");
  CHECK(args.get("select").as_list()[0].as_string() == "a");
  CHECK(args.get("exclude").as_list().empty());
  CHECK(args.get("vars").get("x").as_int() == 1);
  CHECK(args.get("full_refresh").is_bool());
  CHECK(args.get("profile").is_undefined());
  CHECK(args.get_string("target") == "dev");
  CHECK(args.get("validate_macro_args").is_bool());
  CHECK(args.get("timings").is_bool());
  CHECK(flags_as_args(parse({"docs", "generate"}).invocation).get_string("which") == "generate");
  CHECK(flags_as_args(parse({"run-operation", "m", "--args", "{a: 2}"}).invocation).get("args").get("a").as_int() == 2);
  CHECK(flags_as_args(parse({"test"}).invocation).get("full_refresh").is_undefined());
}

TEST_CASE("secrets do not reach the recorded command line") {
  auto parsed = parse({"run", "--vars", "{p: hunter2}"}, {{"DBT_ENV_SECRET_P", "hunter2"}});
  CHECK(parsed.invocation.command_line == "modelc run --vars {p: *****}");
}
