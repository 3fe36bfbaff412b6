// Loaded with LD_PRELOAD: counts the calls that change files and lets the n-th one fail or kill the process; moves the
// clock.
//
//   FAULT_CALLS   which: any of "write pwrite sync truncate open rename unlink mkdir", separated by commas; or "malloc"
//   FAULT_AT      n, counted from 1 over all threads; from then on every call fails when FAULT_STAYS is set
//   FAULT_ACTION  KILL, EIO, ENOSPC, EACCES, EDQUOT, SHORT (half of a write is written, then ENOSPC)
//   FAULT_PATH    only calls on files whose path holds this text
//   FAULT_CLOCK   seconds to add to the wall clock, which then starts anew in another year
//   FAULT_COUNT   a file that gets the number of calls seen, at the end
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace {

struct Settings {
  std::string calls, path, action, count_file;
  long at = 0;
  bool stays = false;
};

std::string setting(const char* name) {
  const char* text = std::getenv(name);
  return text ? text : "";
}

std::atomic<long> seen{0};

/// Made at the first call, which may come before this library's own constructors; lives for ever.
const Settings& settings() {
  static const Settings* made = [] {
    auto* s =
        new Settings{setting("FAULT_CALLS"), setting("FAULT_PATH"), setting("FAULT_ACTION"), setting("FAULT_COUNT")};
    s->at = std::atol(setting("FAULT_AT").c_str());
    s->stays = std::getenv("FAULT_STAYS") != nullptr;
    return s;
  }();
  return *made;
}

/// Memory is counted apart: this library's own code must not count. 0 until the program's main() may have begun.
struct MemoryFaults {
  std::atomic<long> seen{0};
  std::atomic<long> at{-1};
} memory_faults;

struct CountWriter {
  ~CountWriter() {
    if (settings().count_file.empty()) return;
    if (FILE* file = std::fopen(settings().count_file.c_str(), "w")) {
      std::fprintf(file, "%ld\n", settings().calls == "malloc" ? memory_faults.seen.load() : seen.load());
      std::fclose(file);
    }
  }
} count_writer;

struct MemorySetter {
  MemorySetter() {
    if (settings().calls == "malloc") memory_faults.at = settings().at;
  }
} memory_setter;

/// OpenSSL does not survive a failure while it sets itself up; its fault is not what the rows look for.
bool is_openssl(void* caller) {
  Dl_info library;
  return dladdr(caller, &library) && std::strstr(library.dli_fname, "libcrypto");
}

bool memory_is_out(void* caller) {
  const long at = memory_faults.at.load(std::memory_order_relaxed);
  if (at < 0) return false;
  const long number = ++memory_faults.seen;
  if (at == 0 || (settings().stays ? number < at : number != at) || is_openssl(caller)) return false;
  errno = ENOMEM;
  return true;
}

bool is_wanted_call(std::string_view name) {
  const std::string all = "," + settings().calls + ",";
  return all.find("," + std::string(name) + ",") != std::string::npos;
}

bool is_wanted_descriptor(int fd) {
  if (settings().path.empty()) return fd > 2;
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), path, sizeof path);
  return length > 0 &&
         std::string_view(path, static_cast<size_t>(length)).find(settings().path) != std::string_view::npos;
}

bool is_short() { return settings().action == "SHORT"; }

int error_number() {
  const std::string& action = settings().action;
  if (action == "ENOSPC" || is_short()) return ENOSPC;
  if (action == "EACCES") return EACCES;
  return action == "EDQUOT" ? EDQUOT : EIO;
}

/// Is this call, which is one of those wanted, to fail? Does not come back from a kill.
bool is_hit(std::string_view name) {
  if (!is_wanted_call(name)) return false;
  const long number = ++seen, at = settings().at;
  if (at == 0 || (settings().stays ? number < at : number != at)) return false;
  if (settings().action == "KILL") {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  errno = error_number();
  return true;
}

bool hits(std::string_view name, int fd) { return is_wanted_call(name) && is_wanted_descriptor(fd) && is_hit(name); }
bool hits(std::string_view name, const char* path) {
  return std::string_view(path).find(settings().path) != std::string_view::npos && is_hit(name);
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

ssize_t write_at(int fd, const void* data, size_t size, off64_t offset) {
  static auto* next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (!hits("pwrite", fd)) return next(fd, data, size, offset);
  return is_short() && size > 1 ? next(fd, data, size / 2, offset) : -1;
}

long clock_offset() {
  static const long seconds = std::atol(setting("FAULT_CLOCK").c_str());
  return seconds;
}

/// Only opening for writing counts: libraries open many files to read.
bool open_hits(const char* path, int flags) { return (flags & O_ACCMODE) != O_RDONLY && hits("open", path); }

}  // namespace

extern "C" {

void* malloc(size_t size) {
  static auto* next = real<void*(size_t)>("malloc");
  return memory_is_out(__builtin_return_address(0)) ? nullptr : next(size);
}
void* realloc(void* old, size_t size) {
  static auto* next = real<void*(void*, size_t)>("realloc");
  return memory_is_out(__builtin_return_address(0)) ? nullptr : next(old, size);
}

ssize_t write(int fd, const void* data, size_t size) {
  static auto* next = real<ssize_t(int, const void*, size_t)>("write");
  if (!hits("write", fd)) return next(fd, data, size);
  return is_short() && size > 1 ? next(fd, data, size / 2) : -1;
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) { return write_at(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) { return write_at(fd, data, size, offset); }

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += clock_offset();
  return result;
}
int gettimeofday(timeval* now, void* zone) noexcept {
  static auto* next = real<int(timeval*, void*)>("gettimeofday");
  const int result = next(now, zone);
  now->tv_sec += clock_offset();
  return result;
}
time_t time(time_t* result) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int fsync(int fd) {
  static auto* next = real<int(int)>("fsync");
  return hits("sync", fd) ? -1 : next(fd);
}
int fdatasync(int fd) {
  static auto* next = real<int(int)>("fdatasync");
  return hits("sync", fd) ? -1 : next(fd);
}
int ftruncate(int fd, off_t size) noexcept {
  static auto* next = real<int(int, off_t)>("ftruncate");
  return hits("truncate", fd) ? -1 : next(fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
  static auto* next = real<int(int, off64_t)>("ftruncate64");
  return hits("truncate", fd) ? -1 : next(fd, size);
}
int rename(const char* from, const char* to) noexcept {
  static auto* next = real<int(const char*, const char*)>("rename");
  return hits("rename", to) ? -1 : next(from, to);
}
int unlink(const char* path) noexcept {
  static auto* next = real<int(const char*)>("unlink");
  return hits("unlink", path) ? -1 : next(path);
}
int mkdir(const char* path, mode_t mode) noexcept {
  static auto* next = real<int(const char*, mode_t)>("mkdir");
  return hits("mkdir", path) ? -1 : next(path, mode);
}

int open(const char* path, int flags, ...) {
  static auto* next = real<int(const char*, int, ...)>("open");
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_hits(path, flags) ? -1 : next(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  static auto* next = real<int(const char*, int, ...)>("open64");
  va_list more;
  va_start(more, flags);
  const mode_t mode = va_arg(more, mode_t);
  va_end(more);
  return open_hits(path, flags) ? -1 : next(path, flags, mode);
}

}  // extern "C"
