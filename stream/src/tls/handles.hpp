// OpenSSL's objects, owned.
#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

template <auto free_it>
struct freed_by {
  template <class T>
  void operator()(T* p) const noexcept { free_it(p); }
};

using ssl_ctx_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_handle = std::unique_ptr<SSL, freed_by<SSL_free>>;
using session_handle = std::unique_ptr<SSL_SESSION, freed_by<SSL_SESSION_free>>;
using bio_method_handle = std::unique_ptr<BIO_METHOD, freed_by<BIO_meth_free>>;

}  // namespace mqttspan::detail
