// Files from the network and out of archives, within bounds. Internal to the project folder.
#pragma once

#include <cstdint>
#include <string>

namespace modelc {

struct DownloadLimits {
  uint64_t max_bytes = 512ull << 20;
  int connect_seconds = 15;
  int stalled_seconds = 60;  ///< give up when nothing arrives for so long
  int attempts = 3;          ///< of connections that break and servers that are busy
};

struct Download {
  long status = 0;  ///< HTTP status; only 200 and 404 are returned
  std::string body;
};

/// GET over http or https; redirects are followed there only. Throws Error{dependency, "project/download"} with the URL
/// and the cause for anything but 200 and 404.
Download download(const std::string& url, const DownloadLimits& limits = {});

struct ArchiveLimits {
  uint64_t max_bytes = 1ull << 30;  ///< of all files together, unpacked
  uint64_t max_files = 200'000;
};

/// Unpacks the files of a (compressed) tar archive below `folder`, which must be new or empty. Links and devices are
/// left out; names that would leave the folder are refused. Throws Error{dependency, "project/archive-..."}.
void unpack_tar(const std::string& archive, const std::string& folder, const ArchiveLimits& limits = {});

}  // namespace modelc
