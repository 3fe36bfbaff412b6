#include "project/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "base/diagnostic.h"
#include "base/version.h"

namespace modelc {
namespace {

struct Sink {
  std::string body;
  uint64_t max_bytes;
  bool overflow = false;
};

size_t take_bytes(char* data, size_t size, size_t count, void* target) {
  Sink& sink = *static_cast<Sink*>(target);
  if (sink.body.size() + size * count > sink.max_bytes) {
    sink.overflow = true;
    return 0;
  }
  sink.body.append(data, size * count);
  return size * count;
}

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
  Sink sink;
  char message[CURL_ERROR_SIZE] = "";
};

void perform(const std::string& url, const DownloadLimits& limits, Attempt& attempt) {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) fail(url, "libcurl cannot be started");
  const std::string agent = fmt::format("modelc/{}", modelc_version);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, agent.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits.connect_seconds));
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stalled_seconds));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, attempt.message);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &attempt.sink);
  attempt.code = curl_easy_perform(curl.get());
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &attempt.status);
}

}  // namespace

Download download(const std::string& url, const DownloadLimits& limits) {
  for (int left = limits.attempts;; --left) {
    Attempt attempt;
    attempt.sink.max_bytes = limits.max_bytes;
    perform(url, limits, attempt);
    if (attempt.code == CURLE_OK && (attempt.status == 200 || attempt.status == 404))
      return {attempt.status, std::move(attempt.sink.body)};
    if (attempt.sink.overflow) fail(url, fmt::format("it is larger than {} MiB", limits.max_bytes >> 20));
    if (left > 1 && worth_another_try(attempt.code, attempt.status)) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      continue;
    }
    if (attempt.code == CURLE_OK) fail(url, fmt::format("the server answered with status {}", attempt.status));
    const std::string cause = attempt.message[0] ? attempt.message : curl_easy_strerror(attempt.code);
    const bool offline = attempt.code == CURLE_COULDNT_RESOLVE_HOST || attempt.code == CURLE_COULDNT_CONNECT;
    fail(url, cause, offline ? "is there a network? packages can also be installed from a folder: `local: path`" : "");
  }
}

}  // namespace modelc
