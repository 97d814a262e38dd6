#include "tls_certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace mqttspan::test {
namespace {

template <auto free_it>
struct freed_by {
  template <class T>
  void operator()(T* p) const { free_it(p); }
};
using key_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using file_handle = std::unique_ptr<std::FILE, freed_by<std::fclose>>;

struct made {
  certificate_handle certificate;
  key_handle key;
};

struct wish {
  const char* name;
  const char* alternatives;  // as OpenSSL's configuration writes them; null: an authority
  const made* issuer;        // null: itself
  long from = -86'400;       // seconds from now
  long to = 86'400;
};

// A test without certificates is none.
void need(bool is_good, const char* what) {
  if (is_good) return;
  std::fprintf(stderr, "cannot make certificates: %s\n", what);
  std::abort();
}

void extend(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  need(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value);
  X509_EXTENSION_free(extension);
}

made make(const wish& w) {
  static long serial = 0;
  made m{certificate_handle(X509_new()), key_handle(EVP_EC_gen("P-256"))};
  need(m.certificate && m.key, w.name);
  X509* const c = m.certificate.get();
  X509* const issuer = w.issuer ? w.issuer->certificate.get() : c;
  X509_set_version(c, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(c), w.from);
  X509_gmtime_adj(X509_getm_notAfter(c), w.to);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(w.name), -1, -1, 0);
  X509_set_issuer_name(c, X509_get_subject_name(issuer));
  X509_set_pubkey(c, m.key.get());
  extend(c, issuer, NID_basic_constraints, w.alternatives ? "critical,CA:FALSE" : "critical,CA:TRUE");
  extend(c, issuer, NID_subject_key_identifier, "hash");
  if (w.alternatives) extend(c, issuer, NID_subject_alt_name, w.alternatives);
  need(X509_sign(c, w.issuer ? w.issuer->key.get() : m.key.get(), EVP_sha256()) != 0, w.name);
  return m;
}

file_handle open(const std::string& path) {
  file_handle file(std::fopen(path.c_str(), "w"));
  need(file != nullptr, path.c_str());
  return file;
}

void write(const std::string& path, const made& m) {
  need(PEM_write_X509(open(path + ".pem").get(), m.certificate.get()) == 1, "certificate");
  need(PEM_write_PrivateKey(open(path + ".key").get(), m.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "key");
}

void write_odd_ones(const std::string& folder, const made& server) {
  std::string password = "secret";
  need(PEM_write_PKCS8PrivateKey(open(folder + "/locked.key").get(), server.key.get(), EVP_aes_256_cbc(), password.data(), static_cast<int>(password.size()), nullptr, nullptr) == 1, "locked key");
  const file_handle both = open(folder + "/server_all.pem");
  PEM_write_X509(both.get(), server.certificate.get());
  PEM_write_PrivateKey(both.get(), server.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::ofstream(folder + "/text.pem") << "this is no certificate\n";
  std::ofstream(folder + "/empty.pem");
}

}  // namespace

certificates::certificates() {
  std::string folder = (std::filesystem::temp_directory_path() / "mqttspan-tls-XXXXXX").string();
  need(::mkdtemp(folder.data()) != nullptr, "no folder for them");
  folder_ = folder;
  const char* const local = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const made ca = make({"test authority", nullptr, nullptr}), other_ca = make({"another authority", nullptr, nullptr});
  const made server = make({"server", local, &ca});
  write(path("ca"), ca);
  write(path("other_ca"), other_ca);
  write(path("server"), server);
  write(path("wrong_host"), make({"elsewhere", "DNS:elsewhere.example,IP:192.0.2.1", &ca}));
  write(path("expired"), make({"expired", local, &ca, -2 * 86'400, -86'400}));
  write(path("self_signed"), make({"self-signed", local, nullptr}));
  write(path("client"), make({"client", "DNS:client", &ca}));
  write(path("stranger"), make({"stranger", "DNS:client", &other_ca}));
  write_odd_ones(folder_, server);
}

certificates::~certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

const certificates& certificates::instance() {
  static const certificates all;
  return all;
}

}  // namespace mqttspan::test
