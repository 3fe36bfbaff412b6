// libcurl, opened when something is to be transferred. Internal to the project folder.
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <string>

namespace modelc {

/// One transfer. Not for several threads at once. Throws Error{runtime, "base/library"} where there is no libcurl.
class CurlTransfer {
 public:
  CurlTransfer();
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;

  template <class T>
  void set(CURLoption option, T value) {
    set_option_(handle_, option, value);
  }
  /// The lists that these make live as long as the transfer.
  void add_header(const std::string& line);
  void add_recipient(const std::string& address);
  /// Collects what comes back, up to so many bytes; more is an error of the transfer.
  void collect(std::string& body, uint64_t max_bytes);

  CURLcode perform();
  long status() const;  ///< of HTTP or SMTP
  /// What went wrong, in libcurl's words.
  std::string message(CURLcode code) const;

 private:
  struct Sink {
    std::string* body = nullptr;
    uint64_t max_bytes = 0;
  };
  static size_t take(char* data, size_t size, size_t count, void* sink);

  CURL* handle_;
  decltype(&curl_easy_setopt) set_option_;
  curl_slist* headers_ = nullptr;
  curl_slist* recipients_ = nullptr;
  Sink sink_;
  char error_[CURL_ERROR_SIZE] = "";
};

}  // namespace modelc
