// Messages to the world outside: a POST to a webhook, a mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelc {

/// Posts JSON and waits for an answer of the kind 2xx, at most `seconds`. Redirects are not followed. Throws
/// Error{runtime, "project/not-delivered"} with the cause; the URL, which may be a secret, is not in it.
void post_json(const std::string& url, const std::string& json, long seconds);

struct Mail {
  std::string server;          ///< "smtp://host:587", "smtps://host:465"
  std::string user, password;  ///< empty = the server asks for none
  bool tls = true;             ///< smtp://: encrypt where the server can; a password is sent encrypted or not at all
  std::string from;
  std::vector<std::string> to;
  std::string subject, body;  ///< UTF-8, lines end in "\n"
  std::string id;             ///< of the Message-ID, without the host
};
/// Throws as post_json does.
void send_mail(const Mail& mail, long seconds);

/// The mail as it is sent: headers, and the body in base64. Line breaks cannot get into a header.
std::string mail_text(const Mail& mail, std::string_view date);

}  // namespace modelc
