#include "project/deps.h"

#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "project/download.h"
#include "project/package_fetch.h"
#include "project/process.h"

using namespace modelc;

namespace {

namespace stdfs = std::filesystem;

struct Folder {
  Folder() {
    char name[] = "/tmp/modelc_deps_XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() { stdfs::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    real_file_system().write(path + "/" + file, text);
  }
  std::string read(const std::string& file) const { return real_file_system().read(path + "/" + file); }
  bool has(const std::string& file) const { return real_file_system().exists(path + "/" + file); }
  std::string path;
};

struct Entry {
  std::string path, text;
  int type = AE_IFREG;  ///< AE_IFLNK: text is the target
};

std::string make_tar(const std::vector<Entry>& entries) {
  std::string bytes(1 << 20, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  archive_write_add_filter_gzip(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const Entry& e : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, e.path.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(e.type));
    archive_entry_set_perm(entry, 0644);
    if (e.type == AE_IFLNK)
      archive_entry_set_symlink(entry, e.text.c_str());
    else
      archive_entry_set_size(entry, static_cast<la_int64_t>(e.text.size()));
    archive_write_header(writer, entry);
    if (e.type == AE_IFREG) archive_write_data(writer, e.text.data(), e.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

/// Serves texts by path to one client at a time, as a package hub would.
class Server {
 public:
  explicit Server(std::map<std::string, std::string> pages) : pages_(std::move(pages)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    listen(listener_, 8);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    close(listener_);
    thread_.join();
  }
  void add(const std::string& path, const std::string& text) { pages_[path] = text; }
  std::string url;
  std::atomic<int> requests{0};

 private:
  void serve() {
    for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
      char buffer[4096];
      const ssize_t n = read(client, buffer, sizeof buffer);
      const auto words = split_whitespace(std::string_view(buffer, n > 0 ? static_cast<size_t>(n) : 0));
      ++requests;
      const auto page = words.size() > 1 ? pages_.find(std::string(words[1])) : pages_.end();
      const std::string body = page == pages_.end() ? "" : page->second;
      const std::string answer = std::string("HTTP/1.1 ") + (page == pages_.end() ? "404 no" : "200 OK") +
                                 "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                                 "\r\n\r\n" + body;
      size_t sent = 0;
      while (sent < answer.size()) {
        const ssize_t m = write(client, answer.data() + sent, answer.size() - sent);
        if (m <= 0) break;
        sent += static_cast<size_t>(m);
      }
    }
  }
  std::map<std::string, std::string> pages_;
  int listener_;
  std::thread thread_;
};

struct Run {
  explicit Run(const Folder& folder) : root(folder.path + "/root") {
    invocation.command = "deps";
    invocation.fs = &real_file_system();
    invocation.sources = &sources;
    EventBusOptions options;
    options.file_level = EventLevel::none;
    options.write_terminal = [this](std::string_view line) { log += line; };
    events = std::make_unique<EventBus>(options);
    invocation.events = events.get();
  }
  std::string deps() {
    try {
      install_packages(invocation, root);
    } catch (const Error& error) {
      return error.what();
    }
    return "ok";
  }
  std::string root, log;
  SourceMap sources;
  std::unique_ptr<EventBus> events;
  Invocation invocation;
};

std::string tarball_of(const std::string& name) {
  return make_tar(
      {{"top-1/dbt_project.yml", "name: " + name + "\n"}, {"top-1/macros/m.sql", "{% macro m() %}{% endmacro %}"}});
}

}  // namespace

TEST_CASE("local packages and theirs are linked and locked as dbt does") {
  Folder f;
  f.write("root/dbt_project.yml", "name: root\n");
  f.write("root/packages.yml", "packages:\n  - local: ../p2\n");
  f.write("p2/dbt_project.yml", "name: p2\n");
  f.write("p2/packages.yml", "packages:\n  - local: ../p3\n");
  f.write("p3/dbt_project.yml", "name: p3\n");
  f.write("p3/packages.yml", "packages:\n  - local: ../p2\n");  // a circle
  Run run(f);
  REQUIRE(run.deps() == "ok");
  // The hash is what dbt 1.11 wrote for this packages.yml.
  CHECK(f.read("root/package-lock.yml") ==
        "packages:\n  - local: ../p2\n    name: p2\n  - local: ../p3\n    name: p3\nsha1_hash: "
        "f91f68a371eae779e79349d85b531e21affe10d6\n");
  CHECK(stdfs::is_symlink(f.path + "/root/dbt_packages/p2"));
  CHECK(f.has("root/dbt_packages/p3/dbt_project.yml"));
  CHECK_FALSE(f.has("root/dbt_packages/__staging__"));
  CHECK(run.log.find("Installed from <local @ ../p2>") != std::string::npos);

  f.write("root/dbt_packages/notes.txt", "mine");
  f.write("root/packages.yml", "packages:\n  - local: ../p4\n");
  f.write("p4/dbt_project.yml", "name: p4\n");
  REQUIRE(run.deps() == "ok");
  CHECK_FALSE(f.has("root/dbt_packages/p2"));
  CHECK(f.has("p2/dbt_project.yml"));  // only the link went
  CHECK(f.has("root/dbt_packages/p4"));
  CHECK(f.has("root/dbt_packages/notes.txt"));
}

TEST_CASE("a failure leaves what was installed before") {
  Folder f;
  f.write("root/dbt_project.yml", "name: root\n");
  f.write("root/packages.yml", "packages:\n  - local: ../p2\n");
  f.write("p2/dbt_project.yml", "name: p2\n");
  Run run(f);
  REQUIRE(run.deps() == "ok");
  f.write("root/packages.yml", "packages:\n  - local: ../p2\n  - local: ../absent\n");
  CHECK(run.deps().find("No dbt_project.yml found at expected path") == 0);
  CHECK(f.has("root/dbt_packages/p2/dbt_project.yml"));
}

TEST_CASE("names are unique and stay inside of the folder") {
  Folder f;
  f.write("root/dbt_project.yml", "name: root\n");
  f.write("root/packages.yml", "packages:\n  - local: ../a\n  - local: ../b\n");
  f.write("a/dbt_project.yml", "name: same\n");
  f.write("b/dbt_project.yml", "name: same\n");
  Run run(f);
  CHECK(run.deps().find("Found duplicate project \"same\".") == 0);
  f.write("b/dbt_project.yml", "name: root\n");
  CHECK(run.deps().find("Found a dependency with the same name as the root project \"root\".") == 0);
  f.write("root/dbt_project.yml", "name: root\npackages-install-path: .\n");
  CHECK(run.deps().find("holds the project's own files") != std::string::npos);
  f.write("root/dbt_project.yml", "name: root\npackages-install-path: models\n");
  CHECK(run.deps().find("holds the project's own files") != std::string::npos);
}

TEST_CASE("malformed package files") {
  Folder f;
  f.write("root/dbt_project.yml", "name: root\n");
  Run run(f);
  const auto with = [&](const std::string& text) {
    f.write("root/packages.yml", text);
    return run.deps();
  };
  CHECK(with("packages:\n  - package: x/y\n").find("x/y is missing the version.") != std::string::npos);
  CHECK(with("packages:\n  - package: y\n    version: 1.0.0\n").find("Packages on the index require a namespace") !=
        std::string::npos);
  CHECK(with("packages:\n  - local: ../a\n    typo: 1\n").find("'typo' is not a key") != std::string::npos);
  CHECK(with("packages:\n  - private: org/repo\n").find("Cannot resolve private package org/repo") == 0);
  CHECK(with("packages:\n  - {}\n").find("each package needs one of") != std::string::npos);
  CHECK(with("projects: []\n") == "The 'projects' key cannot be specified in packages.yml");
  f.write("root/dependencies.yml", "packages: []\n");
  CHECK(with("packages: []\n") == "The 'packages' key cannot be specified in both packages.yml and dependencies.yml");
}

TEST_CASE("git packages at a tag, a branch, a commit and in a subdirectory") {
  Folder f;
  f.write("repo/dbt_project.yml", "name: gitpkg\n");
  f.write("repo/sub/dbt_project.yml", "name: subpkg\n");
  const auto git = [&](std::vector<std::string> args) {
    args.insert(args.begin(),
                {"git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "init.defaultBranch=trunk"});
    const ProcessResult result = run_process(args, f.path + "/repo", {});
    REQUIRE_MESSAGE(result.exit_code == 0, result.error);
    return std::string(trim(result.out));
  };
  git({"init", "-q", "."});
  git({"add", "-A"});
  git({"commit", "-q", "-m", "one"});
  git({"tag", "v1"});
  const std::string first = git({"rev-parse", "HEAD"});
  f.write("repo/new.txt", "2");
  git({"add", "-A"});
  git({"commit", "-q", "-m", "two"});
  const std::string second = git({"rev-parse", "HEAD"});

  f.write("root/dbt_project.yml", "name: root\n");
  Run run(f);
  const std::string url = "file://" + f.path + "/repo";
  const auto with = [&](const std::string& more) {
    f.write("root/packages.yml", "packages:\n  - git: " + url + "\n" + more);
    const std::string outcome = run.deps();
    return outcome == "ok" ? f.read("root/package-lock.yml") : outcome;
  };
  CHECK(with("    revision: v1\n").find("revision: " + first) != std::string::npos);
  CHECK(f.has("root/dbt_packages/gitpkg/dbt_project.yml"));
  CHECK_FALSE(f.has("root/dbt_packages/gitpkg/new.txt"));
  CHECK_FALSE(f.has("root/dbt_packages/gitpkg/.git"));
  CHECK(with("    revision: trunk\n").find("revision: " + second) != std::string::npos);
  CHECK(with("    revision: " + first + "\n").find("revision: " + first) != std::string::npos);
  run.log.clear();
  CHECK(with("").find("revision: " + second) != std::string::npos);
  CHECK(run.log.find("not pinned, using HEAD (default branch)") != std::string::npos);
  CHECK(with("    subdirectory: sub\n    revision: v1\n").find("subdirectory: sub") != std::string::npos);
  CHECK(f.has("root/dbt_packages/subpkg/dbt_project.yml"));
  CHECK(with("    revision: nope\n").find("Error checking out repository " + url + " at revision nope") == 0);
}

TEST_CASE("what must not reach git does not") {
  const auto refused = [](std::string url, std::string revision = "", std::string subdirectory = "") {
    PackageSpec spec;
    spec.source = PackageSource::git;
    spec.location = spec.unrendered = std::move(url);
    if (!revision.empty()) spec.versions = {revision};
    spec.subdirectory = std::move(subdirectory);
    try {
      check_git_words(spec);
    } catch (const Error& error) {
      return error.diagnostic().code == "project/deps-git-refused";
    }
    return false;
  };
  CHECK(refused("ext::sh -c touch% /tmp/x"));
  CHECK(refused("--upload-pack=touch /tmp/x"));
  CHECK(refused("ftp://x/y"));
  CHECK(refused("https://x/y", "--output=/tmp/x"));
  CHECK(refused("https://x/y", "main:refs/heads/x"));
  CHECK(refused("https://x/y", "main", "../../etc"));
  CHECK(refused("https://x/y", "main", "/etc"));
  CHECK(refused("https://x/y\nz"));
  CHECK_FALSE(refused("git@github.com:dbt-labs/dbt-utils.git", "1.0.0", "a/b"));
  CHECK_FALSE(refused("https://github.com/x/y.git"));
  CHECK_FALSE(refused("../repo"));
}

TEST_CASE("hub packages: the best version, what it needs, the lock, updates") {
  Folder f;
  Server hub({});
  const auto version = [&](const std::string& name, const std::string& v, const std::string& packages,
                           const std::string& dbt) {
    return "\"" + v + "\": {\"name\": \"" + name + "\", \"packages\": " + packages +
           ", \"require_dbt_version\": " + dbt + ", \"downloads\": {\"tarball\": \"" + hub.url + name + "-" + v +
           ".tar.gz\"}}";
  };
  hub.add("/api/v1/org/aa.json",
          "{\"name\": \"aa\", \"versions\": {" + version("aa", "1.0.0", "[]", "[]") + ", " +
              version("aa", "1.2.0", "[{\"package\": \"org/bb\", \"version\": [\">=0.1.0\", \"<0.3.0\"]}]",
                      "[\">=1.3.0\", \"<2.0.0\"]") +
              ", " + version("aa", "1.3.0", "[]", "[\">=9.0.0\"]") + ", " + version("aa", "1.4.0-rc1", "[]", "[]") +
              ", " + version("aa", "2.0.0", "[]", "[]") + "}}");
  hub.add("/api/v1/org/bb.json", "{\"name\": \"bb\", \"versions\": {" + version("bb", "0.1.0", "[]", "[]") + ", " +
                                     version("bb", "0.2.0", "[]", "[]") + "}}");
  for (const char* v : {"1.0.0", "1.2.0", "2.0.0"}) hub.add(std::string("/aa-") + v + ".tar.gz", tarball_of("aa"));
  for (const char* v : {"0.1.0", "0.2.0"}) hub.add(std::string("/bb-") + v + ".tar.gz", tarball_of("bb"));
  f.write("root/dbt_project.yml", "name: root\n");
  Run run(f);
  run.invocation.environment["DBT_PACKAGE_HUB_URL"] = hub.url;
  const auto with = [&](const std::string& entries) {
    f.write("root/packages.yml", "packages:\n" + entries);
    return run.deps();
  };
  REQUIRE(with("  - package: org/aa\n    version: [\">=1.0.0\", \"<2.0.0\"]\n") == "ok");
  CHECK(f.read("root/package-lock.yml")
            .find("packages:\n  - name: aa\n    package: org/aa\n    version: 1.2.0\n  - name: bb\n    package: "
                  "org/bb\n    version: 0.2.0\n") == 0);
  CHECK(f.has("root/dbt_packages/aa/macros/m.sql"));
  CHECK(f.has("root/dbt_packages/bb/dbt_project.yml"));
  CHECK(run.log.find("Updated version available: 2.0.0") != std::string::npos);
  CHECK(run.log.find("Updates available for packages: ['org/aa']") != std::string::npos);

  SUBCASE("somebody else narrows the range") {
    REQUIRE(with("  - package: org/aa\n    version: 1.2.0\n  - package: org/bb\n    version: 0.1.0\n") == "ok");
    CHECK(f.read("root/package-lock.yml").find("package: org/bb\n    version: 0.1.0\n") != std::string::npos);
  }
  SUBCASE("the lock holds until the list changes") {
    f.write("root/package-lock.yml", replace_all(f.read("root/package-lock.yml"), "version: 0.2.0", "version: 0.1.0"));
    REQUIRE(run.deps() == "ok");
    CHECK(f.read("root/package-lock.yml").find("version: 0.1.0") != std::string::npos);
    run.invocation.flags.deps_upgrade = true;
    REQUIRE(run.deps() == "ok");
    CHECK(f.read("root/package-lock.yml").find("version: 0.2.0") != std::string::npos);
  }
  SUBCASE("--lock installs nothing") {
    stdfs::remove_all(f.path + "/root/dbt_packages");
    run.invocation.flags.deps_lock = true;
    REQUIRE(run.deps() == "ok");
    CHECK_FALSE(f.has("root/dbt_packages/aa"));
  }
  SUBCASE("--add-package") {
    run.invocation.flags.add_package = "org/bb@>=0.1.0,<0.2.0";
    REQUIRE(run.deps() == "ok");
    CHECK(f.read("root/packages.yml").find("package: org/bb\n") != std::string::npos);
    CHECK(f.read("root/package-lock.yml").find("package: org/bb\n    version: 0.1.0\n") != std::string::npos);
    run.invocation.flags.add_package = "org/bb@0.2.0";
    REQUIRE(run.deps() == "ok");
    CHECK(run.log.find("Found duplicate package in packages.yml, removing: {'package': 'org/bb'") != std::string::npos);
    run.invocation.flags.add_package = "org/bb";
    CHECK(run.deps() == "Version is required in --add-package when a package when source is hub");
  }
  SUBCASE("what cannot be had") {
    CHECK(with("  - package: org/zz\n    version: 1.0.0\n") == "Package org/zz was not found in the package index");
    CHECK(with("  - package: org/bb\n    version: 9.0.0\n")
              .find("Could not find a matching compatible version for package org/bb\n  Requested range: =9.0.0\n"
                    "  Compatible versions: ['0.1.0', '0.2.0']\n") == 0);
    CHECK(
        with("  - package: org/bb\n    version: [\">1.0.0\", \"<0.1.0\"]\n").find("Version error for package org/bb") ==
        0);
    CHECK(with("  - package: org/bb\n    version: 1.0\n").find("\"1.0\" is not a valid semantic version.") == 0);
    CHECK(f.has("root/dbt_packages/aa/macros/m.sql"));  // still there
  }
}

TEST_CASE("tarball packages take the name that they are given") {
  Folder f;
  Server server({{"/p.tar.gz", tarball_of("inner")},
                 {"/two.tar.gz", make_tar({{"a/dbt_project.yml", "name: a"}, {"b/x", "y"}})}});
  f.write("root/dbt_project.yml", "name: root\n");
  Run run(f);
  f.write("root/packages.yml", "packages:\n  - tarball: " + server.url + "p.tar.gz\n    name: outer\n");
  REQUIRE(run.deps() == "ok");
  CHECK(f.has("root/dbt_packages/outer/dbt_project.yml"));
  f.write("root/packages.yml", "packages:\n  - tarball: " + server.url + "two.tar.gz\n    name: outer\n");
  CHECK(run.deps().find("Incorrect structure for package extracted from") == 0);
  f.write("root/packages.yml", "packages:\n  - tarball: " + server.url + "p.tar.gz\n    name: ../evil\n");
  CHECK(run.deps().find("has no usable project name: '../evil'") != std::string::npos);
  f.write("root/packages.yml", "packages:\n  - tarball: file:///etc/passwd\n    name: x\n");
  CHECK(run.deps().find("Could not download file:///etc/passwd") == 0);
}

TEST_CASE("archives cannot write outside of their folder, nor without bounds") {
  Folder f;
  const auto unpack = [&](const std::vector<Entry>& entries, ArchiveLimits limits = {}) {
    const std::string folder = f.path + "/out";
    stdfs::remove_all(folder);
    stdfs::create_directories(folder);
    try {
      unpack_tar(make_tar(entries), folder, limits);
    } catch (const Error& error) {
      return error.diagnostic().code;
    }
    return std::string("ok");
  };
  CHECK(unpack({{"a/b.txt", "x"}}) == "ok");
  CHECK(f.read("out/a/b.txt") == "x");
  CHECK(unpack({{"../evil", "x"}}) == "project/archive-path");
  CHECK(unpack({{"a/../../evil", "x"}}) == "project/archive-path");
  CHECK(unpack({{"/etc/evil", "x"}}) == "project/archive-path");
  CHECK(unpack({{"link", "/tmp", AE_IFLNK}, {"link/evil", "x"}}) ==
        "ok");  // the link is left out: a plain folder instead
  CHECK_FALSE(stdfs::is_symlink(f.path + "/out/link"));
  CHECK(unpack({{"a", "x"}, {"a", "y"}}) == "project/archive-write");
  CHECK(unpack({{"a", std::string(1000, 'x')}}, {.max_bytes = 999, .max_files = 9}) == "project/archive-read");
  CHECK(unpack({{"a", "x"}, {"b", "x"}}, {.max_bytes = 99, .max_files = 1}) == "project/archive-limit");
  CHECK_THROWS_AS(unpack_tar("no archive at all", f.path + "/out"), Error);
}

TEST_CASE("downloads are bounded and say what failed") {
  Server server({{"/big", std::string(5000, 'x')}});
  CHECK(download(server.url + "big").body.size() == 5000);
  CHECK(download(server.url + "nope").status == 404);
  DownloadLimits limits;
  limits.max_bytes = 100;
  CHECK_THROWS_AS(download(server.url + "big", limits), Error);
  limits.attempts = 1;
  CHECK_THROWS_WITH_AS(download("http://127.0.0.1:1/x", limits),
                       doctest::Contains("Could not download http://127.0.0.1:1/x: "), Error);
}

TEST_CASE("a program's output is read whole, and its absence is said") {
  const ProcessResult result =
      run_process({"sh", "-c", "head -c 200000 /dev/zero; echo bad >&2; echo $X; exit 3"}, "/", {{"X", "y"}});
  CHECK(result.exit_code == 3);
  CHECK(result.out.size() == 200002);
  CHECK(result.error == "bad\n");
  CHECK(trim(run_process({"pwd"}, "/tmp", {}).out) == "/tmp");
  CHECK_THROWS_WITH_AS(run_process({"no-such-program-here"}, "/", {}),
                       "Could not run 'no-such-program-here': No such file or directory", Error);
}
