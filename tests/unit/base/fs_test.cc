#include "base/fs.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/diagnostic.h"

using namespace modelc;

namespace {

struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/modelc_fs_XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace

TEST_CASE("paths are taken apart and folded") {
  CHECK(path_join("a", "b") == "a/b");
  CHECK(path_join("a/", "b") == "a/b");
  CHECK(path_join("a", "/b") == "/b");
  CHECK(path_join("", "b") == "b");
  CHECK(path_join("a", "") == "a");
  CHECK(path_parent("a/b.sql") == "a");
  CHECK(path_parent("/a") == "/");
  CHECK(path_parent("a") == "");
  CHECK(path_stem("x/a.v2.sql") == "a.v2");
  CHECK(path_extension("x/a.v2.sql") == ".sql");
  CHECK(path_extension("x/.hidden") == "");
  CHECK(path_normalize("a/./b//../c/") == "a/c");
  CHECK(path_normalize("../a/../..") == "../..");
  CHECK(path_normalize("/../a") == "/a");
  CHECK(path_normalize("") == ".");
}

TEST_CASE("a generated file is written in place, and only when its text is another") {
  TemporaryFolder folder;
  FileSystem& fs = real_file_system();
  const std::string path = folder.path + "/new/a.sql";
  fs.write_generated(path, "select 1");
  CHECK(fs.read(path) == "select 1");
  const auto written = fs.stat(path).mtime_ns;
  fs.write_generated(path, "select 1");
  CHECK(fs.stat(path).mtime_ns == written);
  for (const char* text : {"select 2", "longer text", "x", ""}) {
    fs.write_generated(path, text);
    CHECK(fs.read(path) == text);
  }
  CHECK_THROWS_AS(fs.write_generated(folder.path + "/new", "x"), Error);
}

TEST_CASE("a text is written in pieces, or not at all when they fail") {
  TemporaryFolder folder;
  FileSystem& fs = real_file_system();
  const std::string path = folder.path + "/a.json";
  fs.write_pieces(path, [](const TextSink& sink) {
    sink("one ");
    sink("two");
  });
  CHECK(fs.read(path) == "one two");
  CHECK_THROWS_AS(fs.write_pieces(path,
                                  [](const TextSink& sink) {
                                    sink("three");
                                    throw Error(ErrorKind::internal, "test/stop", "stop");
                                  }),
                  Error);
  CHECK(fs.read(path) == "one two");
  CHECK(fs.list_recursive(folder.path) == std::vector<std::string>{"a.json"});
}

TEST_CASE("a file is replaced at once and its mode kept") {
  TemporaryFolder folder;
  FileSystem& fs = real_file_system();
  const std::string path = folder.path + "/new/deep/a.txt";
  fs.write(path, "one");
  CHECK(fs.read(path) == "one");
  chmod(path.c_str(), 0640);
  fs.write(path, std::string(100000, 'x'), true);
  CHECK(fs.read(path).size() == 100000);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
  CHECK(fs.list_recursive(folder.path) == std::vector<std::string>{"new/deep/a.txt"});  // no temporary file stays
  CHECK(fs.stat(path).size == 100000);
  CHECK(fs.stat(folder.path).is_directory);
  CHECK_FALSE(fs.exists(folder.path + "/nope"));
}

TEST_CASE("writing through a link changes its target, not the link") {
  TemporaryFolder folder;
  FileSystem& fs = real_file_system();
  fs.write(folder.path + "/real.txt", "one");
  std::filesystem::create_symlink("real.txt", folder.path + "/link.txt");
  fs.write(folder.path + "/link.txt", "two");
  CHECK(fs.read(folder.path + "/real.txt") == "two");
  CHECK(std::filesystem::is_symlink(folder.path + "/link.txt"));
}

TEST_CASE("failures name the path and the reason") {
  FileSystem& fs = real_file_system();
  try {
    fs.read("/nope/x");
    FAIL("read an absent file");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "Could not read '/nope/x': No such file or directory");
    CHECK(error.diagnostic().code == "base/file-read");
  }
  TemporaryFolder folder;
  CHECK_THROWS_AS(fs.write(folder.path, "x"), Error);
  CHECK_THROWS_AS(fs.read(folder.path), Error);
}

TEST_CASE("listing follows links once and sorts bytewise") {
  TemporaryFolder folder;
  FileSystem& fs = real_file_system();
  fs.write(folder.path + "/b/x.sql", "");
  fs.write(folder.path + "/a.sql", "");
  fs.write(folder.path + "/.hidden", "");
  fs.write(folder.path + "/B.sql", "");
  std::filesystem::create_directory_symlink(folder.path, folder.path + "/b/loop");
  std::filesystem::create_symlink("nowhere", folder.path + "/dangling");
  CHECK(fs.list_recursive(folder.path) == std::vector<std::string>{".hidden", "B.sql", "a.sql", "b/x.sql"});
  CHECK(fs.list_recursive(folder.path + "/absent").empty());
}

TEST_CASE("the file system in memory behaves like the real one") {
  MemoryFileSystem fs;
  fs.files = {{"p/models/a.sql", "A"}, {"p/models/sub/b.sql", "B"}, {"p/x.yml", "X"}};
  CHECK(fs.read("p/./models/a.sql") == "A");
  CHECK(fs.stat("p/models").is_directory);
  CHECK_FALSE(fs.exists("p/mod"));
  CHECK(fs.list_recursive("p/models") == std::vector<std::string>{"a.sql", "sub/b.sql"});
  fs.write("p/models/a.sql", "A2");
  CHECK(fs.files.at("p/models/a.sql") == "A2");
  fs.remove_all("p/models");
  CHECK(fs.files.size() == 1);
  CHECK_THROWS_AS(fs.read("p/models/a.sql"), Error);
}
