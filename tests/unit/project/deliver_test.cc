#include "project/deliver.h"

#include <doctest/doctest.h>

#include "base/diagnostic.h"
#include "base/shared_library.h"

using namespace modelc;

TEST_CASE("a mail's headers hold one line each, its body is base64 in short lines") {
  Mail mail;
  mail.from = "modelc <m@x>\r\nBcc: all@x";
  mail.to = {"a@x", "B <b@x>"};
  mail.subject = "caf\xC3\xA9\nX-Evil: 1";
  mail.body = std::string(100, 'a') + "\n";
  mail.id = "7";
  const std::string text = mail_text(mail, "Mon, 01 Dec 2025 00:00:00 +0000");
  CHECK(text.find("\r\nFrom: modelc <m@x>  Bcc: all@x\r\n") != std::string::npos);
  CHECK(text.find("\r\nTo: a@x, B <b@x>\r\n") != std::string::npos);
  CHECK(text.find("\r\nSubject: =?UTF-8?B?Y2Fmw6kgWC1FdmlsOiAx?=\r\n") != std::string::npos);
  CHECK(text.find("X-Evil") == std::string::npos);
  CHECK(text.find("\r\nMessage-ID: <7@modelc>\r\n") != std::string::npos);
  const std::string body = text.substr(text.find("\r\n\r\n") + 4);
  CHECK(body.substr(0, 78) == "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\r\n");
  CHECK(body.ends_with("YQ0K\r\n"));
}

TEST_CASE("what can't be delivered names the cause but not the address") {
  try {
    post_json("http://127.0.0.1:1/secret", "{}", 1);
    FAIL("delivered");
  } catch (const Error& error) {
    CHECK(error.diagnostic().code == "project/not-delivered");
    CHECK(error.diagnostic().message.find("secret") == std::string::npos);
  }
  CHECK_THROWS_AS(post_json("file:///etc/passwd", "{}", 1), Error);
}

TEST_CASE("a library that is not there is an error that names the package") {
  try {
    const SharedLibrary library({"libno-such-thing.so.7"}, "libno7");
    FAIL("opened");
  } catch (const Error& error) {
    CHECK(error.diagnostic().code == "base/library");
    CHECK(error.diagnostic().hint == "install the package libno7");
  }
}
