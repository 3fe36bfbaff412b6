#include "project/curl.h"

#include <fmt/format.h>

#include "base/diagnostic.h"
#include "base/shared_library.h"
#include "base/version.h"

namespace modelc {
namespace {

/// The functions that we call, by their own names.
struct Curl {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_perform) easy_perform;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;

  Curl() {
    const SharedLibrary library({"libcurl.so.4", "libcurl-gnutls.so.4"}, "libcurl4");
    library.find("curl_global_init", global_init);
    library.find("curl_easy_init", easy_init);
    library.find("curl_easy_cleanup", easy_cleanup);
    library.find("curl_easy_setopt", easy_setopt);
    library.find("curl_easy_perform", easy_perform);
    library.find("curl_easy_getinfo", easy_getinfo);
    library.find("curl_easy_strerror", easy_strerror);
    library.find("curl_slist_append", slist_append);
    library.find("curl_slist_free_all", slist_free_all);
    global_init(CURL_GLOBAL_DEFAULT);
  }
};

const Curl& curl() {
  static const Curl functions;
  return functions;
}

}  // namespace

CurlTransfer::CurlTransfer() : handle_(curl().easy_init()), set_option_(curl().easy_setopt) {
  if (!handle_) throw Error(ErrorKind::runtime, "base/library", "libcurl can't be started");
  const std::string agent = fmt::format("modelc/{}", modelc_version);
  set(CURLOPT_USERAGENT, agent.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, error_);
}

CurlTransfer::~CurlTransfer() {
  curl().easy_cleanup(handle_);
  curl().slist_free_all(headers_);
  curl().slist_free_all(recipients_);
}

void CurlTransfer::add_header(const std::string& line) {
  headers_ = curl().slist_append(headers_, line.c_str());
  set(CURLOPT_HTTPHEADER, headers_);
}

void CurlTransfer::add_recipient(const std::string& address) {
  recipients_ = curl().slist_append(recipients_, address.c_str());
  set(CURLOPT_MAIL_RCPT, recipients_);
}

size_t CurlTransfer::take(char* data, size_t size, size_t count, void* target) {
  const Sink& sink = *static_cast<Sink*>(target);
  if (sink.body->size() + size * count > sink.max_bytes) return 0;
  sink.body->append(data, size * count);
  return size * count;
}

void CurlTransfer::collect(std::string& body, uint64_t max_bytes) {
  sink_ = {&body, max_bytes};
  set(CURLOPT_WRITEFUNCTION, take);
  set(CURLOPT_WRITEDATA, &sink_);
}

CURLcode CurlTransfer::perform() { return curl().easy_perform(handle_); }

long CurlTransfer::status() const {
  long status = 0;
  curl().easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string CurlTransfer::message(CURLcode code) const { return error_[0] ? error_ : curl().easy_strerror(code); }

}  // namespace modelc
