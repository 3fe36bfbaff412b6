#include "project/deliver.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "base/diagnostic.h"
#include "base/text.h"
#include "project/curl.h"

namespace modelc {
namespace {

constexpr uint64_t answer_bytes = 64u << 10;

[[noreturn]] void fail(std::string cause) {
  throw Error(ErrorKind::runtime, "project/not-delivered", std::move(cause));
}

void finish(CurlTransfer& transfer, long seconds) {
  std::string answer;
  transfer.set(CURLOPT_CONNECTTIMEOUT, seconds);
  transfer.set(CURLOPT_TIMEOUT, seconds);
  transfer.collect(answer, answer_bytes);
  if (const CURLcode code = transfer.perform(); code != CURLE_OK) fail(transfer.message(code));
}

std::string base64(std::string_view bytes, size_t line_length = 0) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) out += j <= count ? digits[group >> (18 - 6 * j) & 63] : '=';
    column += 4;
    if (line_length > 0 && column >= line_length) {
      out += "\r\n";
      column = 0;
    }
  }
  return out;
}

/// Without what could begin another header.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

std::string encoded_subject(std::string_view text) {
  const std::string line = one_line(text);
  const bool ascii = std::all_of(line.begin(), line.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  return ascii ? line : "=?UTF-8?B?" + base64(line) + "?=";
}

/// "a@b" of "Name <a@b>".
std::string bare_address(const std::string& address) {
  const size_t begin = address.find('<'), end = address.rfind('>');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return one_line(trim(address));
  return one_line(address.substr(begin + 1, end - begin - 1));
}

struct Upload {
  std::string_view rest;
  static size_t give(char* buffer, size_t size, size_t count, void* self) {
    auto& rest = static_cast<Upload*>(self)->rest;
    const size_t taken = std::min(rest.size(), size * count);
    memcpy(buffer, rest.data(), taken);
    rest.remove_prefix(taken);
    return taken;
  }
};

}  // namespace

void post_json(const std::string& url, const std::string& json, long seconds) {
  CurlTransfer transfer;
  transfer.set(CURLOPT_URL, url.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.set(CURLOPT_POSTFIELDS, json.c_str());
  transfer.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  transfer.add_header("Content-Type: application/json");
  finish(transfer, seconds);
  if (const long status = transfer.status(); status < 200 || status > 299)
    fail(fmt::format("the server answered with status {}", status));
}

std::string mail_text(const Mail& mail, std::string_view date) {
  std::string to;
  for (const auto& address : mail.to) to += (to.empty() ? "" : ", ") + one_line(address);
  std::string text;
  text += fmt::format("Date: {}\r\n", date);
  text += fmt::format("From: {}\r\n", one_line(mail.from));
  text += fmt::format("To: {}\r\n", to);
  text += fmt::format("Subject: {}\r\n", encoded_subject(mail.subject));
  text += fmt::format("Message-ID: <{}@modelc>\r\n", one_line(mail.id));
  text += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  return text + base64(replace_all(mail.body, "\n", "\r\n"), 76) + "\r\n";
}

void send_mail(const Mail& mail, long seconds) {
  const std::string text = mail_text(mail, fmt::format("{:%a, %d %b %Y %H:%M:%S +0000}", fmt::gmtime(time(nullptr))));
  CurlTransfer transfer;
  transfer.set(CURLOPT_URL, mail.server.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  const std::string from = "<" + bare_address(mail.from) + ">";
  transfer.set(CURLOPT_MAIL_FROM, from.c_str());
  for (const auto& address : mail.to) transfer.add_recipient("<" + bare_address(address) + ">");
  if (!mail.user.empty()) {
    transfer.set(CURLOPT_USERNAME, mail.user.c_str());
    transfer.set(CURLOPT_PASSWORD, mail.password.c_str());
  }
  const long tls = !mail.tls ? CURLUSESSL_NONE : mail.password.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL;
  transfer.set(CURLOPT_USE_SSL, tls);
  Upload upload{text};
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, Upload::give);
  transfer.set(CURLOPT_READDATA, &upload);
  finish(transfer, seconds);
}

}  // namespace modelc
