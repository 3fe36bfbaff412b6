#include "memory_vfs.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace modelc::test {
namespace {

constexpr size_t sector = 512;

struct OpenFile {
  sqlite3_file base{};
  MemoryVfs* owner = nullptr;
  std::shared_ptr<MemoryFile> file;
};

OpenFile& open_file(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

void write_into(std::string& bytes, size_t offset, std::string_view data) {
  if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size());
  std::memcpy(bytes.data() + offset, data.data(), data.size());
}

}  // namespace

/// The functions that SQLite calls.
struct VfsCalls {
  static MemoryVfs& vfs(sqlite3_vfs* raw) { return *static_cast<MemoryVfs*>(raw->pAppData); }
  static int count(sqlite3_file* file) { return open_file(file).owner->count_call(); }

  static int close(sqlite3_file* file) {
    open_file(file).~OpenFile();
    return SQLITE_OK;
  }
  static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    if (const int fault = count(file)) return fault;
    const std::string& bytes = open_file(file).file->bytes;
    std::memset(out, 0, static_cast<size_t>(size));
    const auto at = static_cast<size_t>(offset);
    if (at >= bytes.size()) return SQLITE_IOERR_SHORT_READ;
    const size_t got = std::min(static_cast<size_t>(size), bytes.size() - at);
    std::memcpy(out, bytes.data() + at, got);
    return got == static_cast<size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    if (const int fault = count(file)) return fault;
    MemoryFile& target = *open_file(file).file;
    std::string text(static_cast<const char*>(data), static_cast<size_t>(size));
    write_into(target.bytes, static_cast<size_t>(offset), text);
    target.unsynced.push_back({static_cast<size_t>(offset), std::move(text)});
    return SQLITE_OK;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (const int fault = count(file)) return fault;
    MemoryFile& target = *open_file(file).file;
    target.bytes.resize(static_cast<size_t>(size));
    target.unsynced.push_back({static_cast<size_t>(size), "", true});
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int) {
    if (const int fault = count(file)) return fault;
    MemoryFile& target = *open_file(file).file;
    target.synced = target.bytes;
    target.unsynced.clear();
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(open_file(file).file->bytes.size());
    return SQLITE_OK;
  }
  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int reserved(sqlite3_file*, int* out) {
    *out = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return sector; }
  static int characteristics(sqlite3_file*) { return 0; }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    if (const int fault = count(file)) return fault;
    auto& shared = open_file(file).file->shared;
    const auto wanted = static_cast<size_t>(region);
    *out = nullptr;
    if (wanted >= shared.size() && !extend) return SQLITE_OK;
    while (shared.size() <= wanted) shared.push_back(std::make_unique<char[]>(static_cast<size_t>(size)));
    *out = shared[wanted].get();
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
  static void shm_barrier(sqlite3_file*) {}
  static int shm_unmap(sqlite3_file* file, int remove) {
    if (remove) open_file(file).file->shared.clear();
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* raw, const char* name, sqlite3_file* out, int flags, int* out_flags) {
    static const sqlite3_io_methods methods = {
        2,         close,    read,    write,       truncate,        sync,    size,     lock,
        lock,      reserved, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier,
        shm_unmap, nullptr,  nullptr};
    out->pMethods = nullptr;
    MemoryVfs& self = vfs(raw);
    if (self.count_call()) return SQLITE_CANTOPEN;
    std::shared_ptr<MemoryFile> file;
    if (!name) {
      file = std::make_shared<MemoryFile>();
    } else if (const auto found = self.files.find(name); found != self.files.end()) {
      file = found->second;
    } else if (flags & SQLITE_OPEN_CREATE) {
      file = self.files[name] = std::make_shared<MemoryFile>();
    } else {
      return SQLITE_CANTOPEN;
    }
    auto* opened = new (out) OpenFile();
    opened->base.pMethods = &methods;
    opened->owner = &self;
    opened->file = std::move(file);
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* raw, const char* name, int) {
    if (vfs(raw).count_call()) return SQLITE_IOERR_DELETE;
    return vfs(raw).files.erase(name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
  }
  static int access(sqlite3_vfs* raw, const char* name, int, int* out) {
    *out = vfs(raw).files.contains(name);
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs* raw, int size, char* out) {
    sqlite3_vfs* real = vfs(raw).real_;
    return real->xRandomness(real, size, out);
  }
  static int sleep(sqlite3_vfs*, int micros) { return micros; }
  static int time(sqlite3_vfs* raw, double* out) {
    sqlite3_vfs* real = vfs(raw).real_;
    return real->xCurrentTime(real, out);
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

MemoryVfs::MemoryVfs() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = 512;
  vfs_.zName = "modelc-memory";
  vfs_.pAppData = this;
  vfs_.xOpen = VfsCalls::open;
  vfs_.xDelete = VfsCalls::remove;
  vfs_.xAccess = VfsCalls::access;
  vfs_.xFullPathname = VfsCalls::full_path;
  vfs_.xRandomness = VfsCalls::randomness;
  vfs_.xSleep = VfsCalls::sleep;
  vfs_.xCurrentTime = VfsCalls::time;
  vfs_.xGetLastError = VfsCalls::last_error;
  sqlite3_vfs_register(&vfs_, 1);
}

MemoryVfs::~MemoryVfs() { sqlite3_vfs_unregister(&vfs_); }

void MemoryVfs::fail_at(int64_t n, int result, bool stays) {
  calls_ = 0;
  fail_at_ = n;
  result_ = result;
  stays_ = stays;
}

int MemoryVfs::count_call() {
  ++calls_;
  const bool hit = fail_at_ > 0 && (stays_ ? calls_ >= fail_at_ : calls_ == fail_at_);
  return hit ? result_ : SQLITE_OK;
}

void MemoryVfs::lose_power(std::mt19937& random, double survival) {
  std::bernoulli_distribution survives(survival);
  for (auto& [name, file] : files) {
    std::string bytes = file->synced;
    for (const MemoryFile::Change& change : file->unsynced) {
      if (change.truncates) {
        if (survives(random)) bytes.resize(change.offset);
        continue;
      }
      for (size_t at = 0; at < change.bytes.size();) {
        const size_t length = std::min(sector - (change.offset + at) % sector, change.bytes.size() - at);
        if (survives(random)) write_into(bytes, change.offset + at, std::string_view(change.bytes).substr(at, length));
        at += length;
      }
    }
    file->bytes = file->synced = bytes;
    file->unsynced.clear();
    file->shared.clear();
  }
}

}  // namespace modelc::test
