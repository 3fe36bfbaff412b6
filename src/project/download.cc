#include "project/download.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/diagnostic.h"
#include "project/curl.h"

namespace modelc {
namespace {

bool worth_another_try(CURLcode code, long status) {
  if (code == CURLE_OK) return status == 429 || status >= 500;
  return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
         code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE;
}

[[noreturn]] void fail(const std::string& url, std::string_view cause, std::string hint = {}) {
  throw Error(ErrorKind::dependency, "project/download", fmt::format("Could not download {}: {}", url, cause), {},
              std::move(hint));
}

struct Attempt {
  CURLcode code = CURLE_OK;
  long status = 0;
  std::string body;
  std::string message;
};

void perform(const std::string& url, const DownloadLimits& limits, Attempt& attempt) {
  CurlTransfer transfer;
  transfer.set(CURLOPT_URL, url.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
  transfer.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  transfer.set(CURLOPT_FOLLOWLOCATION, 1L);
  transfer.set(CURLOPT_MAXREDIRS, 10L);
  transfer.set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits.connect_seconds));
  transfer.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  transfer.set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stalled_seconds));
  transfer.set(CURLOPT_ACCEPT_ENCODING, "");
  transfer.collect(attempt.body, limits.max_bytes);
  attempt.code = transfer.perform();
  attempt.status = transfer.status();
  attempt.message = transfer.message(attempt.code);
}

}  // namespace

Download download(const std::string& url, const DownloadLimits& limits) {
  for (int left = limits.attempts;; --left) {
    Attempt attempt;
    perform(url, limits, attempt);
    if (attempt.code == CURLE_OK && (attempt.status == 200 || attempt.status == 404))
      return {attempt.status, std::move(attempt.body)};
    if (attempt.code == CURLE_WRITE_ERROR) fail(url, fmt::format("it is larger than {} MiB", limits.max_bytes >> 20));
    if (left > 1 && worth_another_try(attempt.code, attempt.status)) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      continue;
    }
    if (attempt.code == CURLE_OK) fail(url, fmt::format("the server answered with status {}", attempt.status));
    const bool offline = attempt.code == CURLE_COULDNT_RESOLVE_HOST || attempt.code == CURLE_COULDNT_CONNECT;
    fail(url, attempt.message,
         offline ? "is there a network? packages can also be installed from a folder: `local: path`" : "");
  }
}

}  // namespace modelc
