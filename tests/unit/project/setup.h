// An invocation over files in memory.
#pragma once

#include <memory>
#include <string>

#include "project/project.h"

struct Setup {
  modelc::MemoryFileSystem fs;
  modelc::SourceMap sources;
  std::string log;
  std::unique_ptr<modelc::EventBus> events;
  modelc::Invocation invocation;

  explicit Setup(std::map<std::string, std::string> files = {}) {
    fs.files = std::move(files);
    modelc::EventBusOptions options;
    options.file_level = modelc::EventLevel::none;
    options.write_terminal = [this](std::string_view line) { log += line; };
    events = std::make_unique<modelc::EventBus>(options);
    invocation.command = "run";
    invocation.fs = &fs;
    invocation.sources = &sources;
    invocation.events = events.get();
    invocation.flags.project_dir = "/p";
  }
  /// The message of the Error that `work` throws, or "ok".
  template <class Work>
  static std::string fault(Work work) {
    try {
      work();
    } catch (const modelc::Error& error) {
      return error.what();
    }
    return "ok";
  }
};
