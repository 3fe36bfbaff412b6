#include "cli/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/json.h"
#include "base/text.h"
#include "project/base_context.h"
#include "project/deliver.h"
#include "run/run_log.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr size_t shown_nodes = 20;
constexpr size_t shown_characters = 400;
constexpr std::string_view variable = "modelc_alerts";

struct AlertSettings {
  std::vector<std::string> outcomes{"error", "fail"};
  std::vector<std::string> webhooks;
  std::optional<Mail> mail;
  long timeout_seconds = 5;
};

bool is_given(const Value& value) { return !value.is_undefined() && !value.is_none(); }

[[noreturn]] void fail(std::string message, std::string hint = {}) {
  throw Error(ErrorKind::runtime, "cli/alert-settings", std::move(message), {}, std::move(hint));
}

// ---- settings ----------------------------------------------------------------------------------------------------

class SettingsReader {
 public:
  explicit SettingsReader(const Value& given) : given_(with_on(given)) {}

  AlertSettings read() const {
    check_keys(given_, {"on", "webhook", "email", "timeout_seconds"}, variable);
    AlertSettings out;
    if (const Value on = given_.get("on"); is_given(on)) out.outcomes = outcomes(on);
    out.webhooks = texts(given_.get("webhook"), "webhook");
    if (const Value email = given_.get("email"); is_given(email)) out.mail = mail(email);
    if (const Value seconds = given_.get("timeout_seconds"); is_given(seconds)) {
      if (!seconds.is_int() || seconds.as_int() < 1 || seconds.as_int() > 60)
        fail("timeout_seconds must be a whole number from 1 to 60");
      out.timeout_seconds = static_cast<long>(seconds.as_int());
    }
    return out;
  }

 private:
  /// YAML takes the word `on` for true.
  static Value with_on(const Value& given) {
    if (!given.is_dict()) return given;
    Value out = Value::dict();
    for (const auto& [key, value] : given.as_dict().entries())
      out.as_dict().set(key.is_bool() && key.as_bool() ? std::string("on") : jinja::to_str(key), value);
    return out;
  }

  static void check_keys(const Value& dict, const std::vector<std::string>& known, std::string_view where) {
    if (!dict.is_dict()) fail(fmt::format("{} must be a mapping", where));
    for (const auto& [key, value] : dict.as_dict().entries()) {
      const std::string name = jinja::to_str(key);
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string close = closest_match(name, known);
      fail(fmt::format("{} has no key '{}'", where, name),
           close.empty() ? "its keys are " + join(known, ", ") : fmt::format("did you mean '{}'?", close));
    }
  }

  static std::vector<std::string> outcomes(const Value& on) {
    std::vector<std::string> list = texts(on, "on");
    for (const std::string& outcome : list) {
      if (outcome != "error" && outcome != "fail" && outcome != "warn")
        fail(fmt::format("`on` has no outcome '{}'", outcome), "outcomes are error, fail and warn");
    }
    return list;
  }

  /// A text or a list of them; empty ones, as env_var('X', '') gives where it is not set, do not count.
  static std::vector<std::string> texts(const Value& value, std::string_view name) {
    std::vector<std::string> list;
    if (!is_given(value)) return list;
    for (const Value& item : value.is_list() ? value.as_list() : std::vector<Value>{value}) {
      if (!item.is_string()) fail(fmt::format("{} must be a text or a list of texts", name));
      if (!trim(item.as_string()).empty()) list.emplace_back(trim(item.as_string()));
    }
    return list;
  }

  static std::optional<Mail> mail(const Value& given) {
    check_keys(given, {"server", "user", "password", "from", "to", "tls"}, "email");
    const auto text = [&](std::string_view key) {
      const Value value = given.get(key);
      return is_given(value) ? jinja::to_str(value) : std::string();
    };
    Mail mail;
    mail.server = text("server");
    mail.to = texts(given.get("to"), "email.to");
    if (mail.server.empty() || mail.to.empty()) return std::nullopt;
    if (mail.server.find("://") == std::string::npos) mail.server = "smtp://" + mail.server;
    mail.user = text("user");
    mail.password = text("password");
    mail.from = text("from");
    if (mail.from.empty()) fail("email needs `from`, the address of the sender");
    if (const Value tls = given.get("tls"); is_given(tls)) mail.tls = jinja::truth(tls);
    return mail;
  }

  Value given_;
};

/// The var as it is written, from the command line or the project file; undefined when there is none.
Value written_settings(Session& session) {
  if (const Value given = session.flags().cli_vars.get(variable); !given.is_undefined()) return given;
  if (session.parsed) return session.parsed->project.root().project.vars.get(variable);
  return load_project_file(session.invocation, session.project_root, nullptr).vars.get(variable);
}

/// The settings with the values of the environment in them; secrets are hidden from the log from now on.
std::optional<AlertSettings> read_settings(Session& session) {
  const Value written = written_settings(session);
  if (!is_given(written)) return std::nullopt;
  BaseContext context(session.invocation, VarScope{&session.invocation.flags.cli_vars, {}, "", false},
                      /*allow_secrets=*/true);
  const Value rendered = render_yaml_value(written, nullptr, context, *session.invocation.sources);
  const AlertSettings settings = SettingsReader(rendered).read();
  for (const auto& url : settings.webhooks) session.events->add_secret(url);
  if (settings.mail && !settings.mail->password.empty()) session.events->add_secret(settings.mail->password);
  return settings;
}

// ---- the message -------------------------------------------------------------------------------------------------

struct Finding {
  std::string outcome;  ///< "error", "fail", "warn"
  std::string node;     ///< "model.shop.customers (models/customers.sql)"
  std::string cause;
};

struct Alert {
  std::string title;
  std::vector<Finding> findings;  ///< at most shown_nodes
  size_t left_out = 0;
  std::string footer;
};

std::string_view outcome_of(RunStatus status) {
  switch (status) {
    case RunStatus::error:
    case RunStatus::runtime_error:
    case RunStatus::partial_success:
      return "error";
    case RunStatus::fail:
      return "fail";
    case RunStatus::warn:
      return "warn";
    default:
      return "";
  }
}

/// The beginning of a text, on character boundaries.
std::string shortened(std::string_view text) {
  if (text.size() <= shown_characters) return std::string(text);
  size_t end = shown_characters;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

Finding finding_of(const Session& session, const RunResult& result) {
  Finding finding{std::string(outcome_of(result.status)), result.unique_id, {}};
  if (session.parsed && result.node != no_id) {
    const std::string& path = session.parsed->manifest.node(result.node).original_file_path;
    if (!path.empty()) finding.node += fmt::format(" ({})", path);
  }
  std::string cause = result.diagnostic ? result.diagnostic->message : result.message;
  if (cause.empty() && result.extra.is_dict())
    cause = fmt::format("the newest row is of {}", result.extra.get_string("max_loaded_at"));
  finding.cause = shortened(session.events->scrub(trim(cause)));
  return finding;
}

std::string title(const Session& session, const std::string& what) {
  std::string project = session.project_root.empty() ? "" : path_filename(session.project_root), target;
  if (session.parsed) {
    project = session.parsed->project.root().project.name;
    target = fmt::format(" on target {}", session.parsed->project.target.name);
  }
  return fmt::format("{}: modelc {}{}: {}", project, session.invocation.command, target, what);
}

std::string footer(const Session& session) {
  return session.events->scrub(
      fmt::format("{} (invocation {})", session.invocation.command_line, session.invocation.invocation_id));
}

std::string plain_text(const Alert& alert) {
  std::string text = alert.title + "\n\n";
  for (const Finding& finding : alert.findings) {
    text += fmt::format("{} {}\n", to_upper(finding.outcome), finding.node);
    if (!finding.cause.empty()) text += indent(finding.cause, "    ") + "\n";
  }
  if (alert.left_out > 0) text += fmt::format("... and {} more\n", alert.left_out);
  return text + "\n" + alert.footer + "\n";
}

/// What Slack takes for markup.
std::string slack_escaped(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

std::string slack_json(const Alert& alert) {
  std::string text = "*" + slack_escaped(alert.title) + "*";
  for (const Finding& finding : alert.findings) {
    text += fmt::format("\n• *{}* {}", to_upper(finding.outcome), slack_escaped(finding.node));
    if (!finding.cause.empty()) text += "\n" + indent(slack_escaped(finding.cause), "> ");
  }
  if (alert.left_out > 0) text += fmt::format("\n... and {} more", alert.left_out);
  text += "\n_" + slack_escaped(alert.footer) + "_";
  JsonWriter writer;
  writer.begin_object();
  writer.key("text");
  writer.string(text);
  writer.end_object();
  return writer.take();
}

// ---- sending -----------------------------------------------------------------------------------------------------

void warn(Session& session, std::string message) {
  say(session, "AlertNotSent", "X011", EventLevel::warn, "[WARNING]: " + std::move(message));
}

void try_to_send(Session& session, std::string_view channel, const std::function<void()>& send) {
  try {
    send();
    say(session, "AlertSent", "X010", EventLevel::info, fmt::format("Alert sent to {}", channel));
  } catch (const std::exception& error) {
    warn(session, fmt::format("The alert could not be sent to {}: {}", channel, error.what()));
  }
}

void send(Session& session, const AlertSettings& settings, const Alert& alert) {
  session.alerted = true;
  for (const auto& url : settings.webhooks)
    try_to_send(session, "the webhook", [&] { post_json(url, slack_json(alert), settings.timeout_seconds); });
  if (!settings.mail) return;
  Mail mail = *settings.mail;
  mail.subject = alert.title;
  mail.body = plain_text(alert);
  mail.id = session.invocation.invocation_id;
  try_to_send(session, join(mail.to, ", "), [&] { send_mail(mail, settings.timeout_seconds); });
}

/// Reads the settings also when there is nothing to send: what is wrong with them must show before the night in which
/// they are needed.
void with_settings(Session& session, const std::function<void(const AlertSettings&)>& work) {
  if (session.alerted) return;
  try {
    if (const auto settings = read_settings(session)) work(*settings);
  } catch (const Error& error) {
    const std::string& hint = error.diagnostic().hint;
    warn(session, fmt::format("Alerts are not sent: {}{}{}", error.what(), hint.empty() ? "" : "; ", hint));
  } catch (const std::exception& error) {
    warn(session, fmt::format("Alerts are not sent: {}", error.what()));
  }
}

bool is_job(std::string_view command) {
  for (std::string_view job :
       {"build", "run", "test", "seed", "snapshot", "clone", "run-operation", "source freshness", "retry"})
    if (command == job) return true;
  return false;
}

}  // namespace

void alert_on_results(Session& session, const RunOutcome& outcome) {
  if (!is_job(session.invocation.command)) return;
  with_settings(session, [&](const AlertSettings& settings) {
    Alert alert;
    std::vector<size_t> counts(settings.outcomes.size());
    for (const RunResult& result : outcome.results) {
      const auto found = std::find(settings.outcomes.begin(), settings.outcomes.end(), outcome_of(result.status));
      if (found == settings.outcomes.end()) continue;
      ++counts[static_cast<size_t>(found - settings.outcomes.begin())];
      if (alert.findings.size() < shown_nodes)
        alert.findings.push_back(finding_of(session, result));
      else
        ++alert.left_out;
    }
    if (alert.findings.empty()) return;
    std::vector<std::string> parts;
    for (size_t i = 0; i < counts.size(); ++i) {
      const std::string_view word = settings.outcomes[i] == "fail"   ? "failure"
                                    : settings.outcomes[i] == "warn" ? "warning"
                                                                     : "error";
      if (counts[i] > 0) parts.push_back(pluralize(counts[i], word));
    }
    alert.title = title(session, join(parts, ", "));
    alert.footer = footer(session);
    send(session, settings, alert);
  });
}

void alert_on_error(Session& session, std::string_view error) {
  if (!session.events || !is_job(session.invocation.command)) return;
  with_settings(session, [&](const AlertSettings& settings) {
    if (std::find(settings.outcomes.begin(), settings.outcomes.end(), "error") == settings.outcomes.end()) return;
    Alert alert;
    alert.title = title(session, "it could not run");
    alert.findings.push_back({"error", session.invocation.command, shortened(session.events->scrub(trim(error)))});
    alert.footer = footer(session);
    send(session, settings, alert);
  });
}

}  // namespace modelc
