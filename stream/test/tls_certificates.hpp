// Certificates and keys for the tests, made anew by each process in a folder of its own that goes with it.
#pragma once

#include <string>
#include <string_view>

namespace mqttspan::test {

/// PEM files. NAME.pem is a certificate, NAME.key its key:
/// ca, other_ca: authorities. server: for localhost, 127.0.0.1 and ::1. wrong_host: for elsewhere.example. expired: since yesterday. self_signed: by nobody else, for localhost.
/// client, stranger: of clients, by ca and by other_ca. locked.key: the server's key, password "secret". server_all: certificate and key. text: no PEM at all. empty: nothing.
class certificates {
 public:
  /// Those of this process.
  static const certificates& instance();
  std::string path(std::string_view file) const { return folder_ + "/" + std::string(file); }
  ~certificates();
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

 private:
  certificates();
  std::string folder_;
};

inline std::string file_of(std::string_view name) { return certificates::instance().path(name); }

}  // namespace mqttspan::test
